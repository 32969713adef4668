"""Querysets of filings. Only this module decides which filings a user may see."""

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
        """Return the filings that a user may see: those of own organizations, and submitted ones by staff role."""
        own = Q(applicant__in=user.own_organizations)
        by_role = _visible_by_role(user)
        return self.filter(own | by_role if by_role else own)

    def submitted_by(self, user: User) -> FilingQuerySet:
        """Return the filings on which a user may act as a filer."""
        return self.filter(applicant__in=user.filer_organizations)

    def of_same_service(self, filing: Filing) -> FilingQuerySet:
        return self.filter(applicant_id=filing.applicant_id, service_key=filing.service_key)

    def found_by(self, query: str) -> FilingQuerySet:
        return matching(self, query)

    def holding_reference(self) -> FilingQuerySet:
        """Exclude the filings whose reference can be used again."""
        return self.exclude(status__in=workflow.REFERENCE_IS_FREE)

    def running(self) -> FilingQuerySet:
        """Exclude ended filings."""
        return self.exclude(status__in=workflow.ENDED)

    def due(self) -> FilingQuerySet:
        return self.filter(due_since__isnull=False)

    def to_look_at(self, day: datetime.date) -> FilingQuerySet:
        """Return the filings whose outcome may have changed by a day without an edit, and that are not due yet."""
        return self.filter(next_look_on__lte=day, due_since__isnull=True)

    def to_recount(self, day: datetime.date) -> FilingQuerySet:
        """Return the filings with a waiver that has ended by a day."""
        return self.filter(recount_on__lte=day)

    def summaries(self) -> FilingQuerySet:
        """Return the columns of the summary of each filing as named tuples, in one query."""
        return self.values_list(*SUMMARY, named=True)


def _visible_by_role(user: User) -> Q | None:
    """Return the condition for filings that a user sees by a staff role; None without such a role."""
    submitted = Q(first_submitted_at__isnull=False)
    if user.has_role(Role.REGISTRAR, Role.AUDITOR):
        return submitted
    if user.has_role(Role.REVIEWER):
        return submitted & Q(province__in=user.reviewed_provinces)
    return None
