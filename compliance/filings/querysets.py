"""Reads of the compliance half; who sees what is decided here and nowhere else."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from compliance.filings import workflow
from registry.models import Role, User
from registry.search import matching

if TYPE_CHECKING:
    from compliance.models import Filing


SUMMARY = (
    "pk",
    "id",
    "uid",
    "case_number",
    "kind",
    "action",
    "status",
    "reference",
    "jurisdiction",
    "service_name",
    "opened_at",
    "changed_at",
    "first_submitted_at",
    "submitted_at",
    "accepted_at",
    "returned_at",
    "decided_at",
    "due_since",
    "checked_at",
    "checked_as_of",
    "next_look_on",
    "error_count",
    "warning_count",
    "info_count",
    "waived_count",
    "recount_on",
    "last_event_hash",
    "applicant_id",
    "applicant__uscc",
    "applicant__name",
    "official_number__number",
    "target__uid",
)


class FilingQuerySet(models.QuerySet["Filing"]):
    def visible_to(self, user: User) -> FilingQuerySet:
        """Leave what a person may see: all of an own organization; once submitted, what one's staff standing reaches."""
        own = Q(applicant__in=user.own_organizations)
        reached = _reached_as_staff(user)
        return self.filter(own | reached if reached else own)

    def submitted_by(self, user: User) -> FilingQuerySet:
        """Leave what a person may act on as a filer."""
        return self.filter(applicant__in=user.filer_organizations)

    def of_same_service(self, filing: Filing) -> FilingQuerySet:
        return self.filter(applicant_id=filing.applicant_id, service_key=filing.service_key)

    def found_by(self, query: str) -> FilingQuerySet:
        return matching(self, query)

    def holding_reference(self) -> FilingQuerySet:
        """Leave out those whose reference is free again."""
        return self.exclude(status__in=workflow.REFERENCE_IS_FREE)

    def running(self) -> FilingQuerySet:
        """Leave out the ended ones."""
        return self.exclude(status__in=workflow.ENDED)

    def due(self) -> FilingQuerySet:
        return self.filter(due_since__isnull=False)

    def to_look_at(self, day: datetime.date) -> FilingQuerySet:
        """Those whose outcome may have changed by itself by a day, and are not yet due."""
        return self.filter(next_look_on__lte=day, due_since__isnull=True)

    def to_recount(self, day: datetime.date) -> FilingQuerySet:
        """Return the filings of which a waiver has ended by a day."""
        return self.filter(recount_on__lte=day)

    def summaries(self) -> FilingQuerySet:
        """Read what a summary of a filing shows, as named tuples: one query, and only these columns."""
        return self.values_list(*SUMMARY, named=True)


def _reached_as_staff(user: User) -> Q | None:
    """What a person sees by a role of the staff; None without one."""
    submitted = Q(first_submitted_at__isnull=False)
    if user.has_role(Role.REGISTRAR, Role.AUDITOR):
        return submitted
    if user.has_role(Role.REVIEWER):
        return submitted & Q(province__in=user.reviewed_provinces)
    return None
