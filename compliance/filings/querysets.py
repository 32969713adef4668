"""Reads of the compliance half; who sees what is decided here and nowhere else."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from compliance.filings import workflow
from registry.models import Membership, Role, User
from registry.search import matching

if TYPE_CHECKING:
    from compliance.models import Filing


class FilingQuerySet(models.QuerySet["Filing"]):
    def visible_to(self, user: User) -> FilingQuerySet:
        """Leave what a person may see: all of an own organization; once submitted, what one's staff standing reaches."""
        own = Q(applicant__in=Membership.objects.of(user).in_force().values("organization"))
        return self.filter(own | _reached_as_staff(user))

    def submitted_by(self, user: User) -> FilingQuerySet:
        """Leave what a person may act on as a filer."""
        return self.filter(applicant__in=Membership.objects.of(user).in_force().filing().values("organization"))

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

    def with_flag_counts(self) -> FilingQuerySet:
        """
        Count the standing flags of each level that are not waived, and the waived ones, in the same query and only for
        the rows that are read.
        """
        flags = apps.get_model("compliance", "Flag").objects
        counts = {f"{level}_count": flags.open().filter(level=level) for level in ("error", "warning", "info")}
        return self.annotate(
            **{name: _count(rows) for name, rows in {**counts, "waived_count": flags.waived()}.items()}
        )


def _count(flags: models.QuerySet[Any]) -> Coalesce:
    of_filing = flags.filter(filing=OuterRef("pk")).order_by().values("filing")
    return Coalesce(Subquery(of_filing.annotate(count=Count("pk")).values("count")), 0)


def _reached_as_staff(user: User) -> Q:
    submitted = Q(first_submitted_at__isnull=False)
    if user.has_role(Role.REGISTRAR, Role.AUDITOR):
        return submitted
    if user.has_role(Role.REVIEWER):
        return submitted & Q(province__in=user.reviewed_provinces)
    return Q(pk__in=[])
