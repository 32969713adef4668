"""What has changed on a filing since somebody looked at its page."""

from __future__ import annotations

from django.db.models import F, OuterRef, PositiveIntegerField, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from compliance.filings.querysets import FilingQuerySet
from compliance.models import Filing, Look
from registry.models import User


def remember_look(filing: Filing, user: User) -> int | None:
    """Remember that somebody looks at a filing now, and return the last event seen before, or None on the first look."""
    before = Look.objects.filter(user=user, filing=filing).values_list("event_number", flat=True).first()
    if before != filing.last_event_number:
        look = Look(user=user, filing=filing, event_number=filing.last_event_number, at=timezone.now())
        Look.objects.bulk_create(
            [look], update_conflicts=True, unique_fields=["user", "filing"], update_fields=["event_number", "at"]
        )
    return before


def with_news(filings: FilingQuerySet, user: User) -> FilingQuerySet:
    """Annotate filings with `news`: the number of events since the user looked; all of them if the user never did."""
    looked_at = Look.objects.filter(user=user, filing=OuterRef("pk")).values("event_number")[:1]
    number = Coalesce(Subquery(looked_at, output_field=PositiveIntegerField()), 0)
    return filings.annotate(looked_at=number, news=F("last_event_number") - number)
