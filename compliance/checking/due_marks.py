"""Due marks and leases: which filings are to be checked, and who is checking them now."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from compliance.checking.reconciling import parts_of
from compliance.models import Filing

# A change announces itself; the pick-up leaves it alone for so long.
GRACE = timedelta(seconds=4)
WEEK = timedelta(days=7)
MARKED_AT_ONCE = 1_000
LEASED_AT_ONCE = 5_000
KeyRange = tuple[int, int]


def lease() -> timedelta:
    """How long a worker may keep what it took."""
    return timedelta(seconds=settings.CHECK_LEASE_SECONDS)


def mark_due(filings: QuerySet[Filing], *, at: datetime) -> int:
    """Mark filings, which the caller has locked, due for checking, in the transaction of the change that makes them so."""
    return filings.update(due_since=at, leased_until=at + GRACE)


def oldest_due() -> datetime | None:
    """Return since when the filing that waits the longest for its check is due; None if none waits."""
    return Filing.objects.due().order_by("due_since").values_list("due_since", flat=True).first()


def mark_those_whose_day_has_come(*, today: date | None = None) -> int:
    """Mark the filings whose outcome may have changed by itself: a deadline passed, a rule began or ended."""
    return mark_in_parts(Filing.objects.running().to_look_at(today or timezone.localdate()))


def mark_those_not_read_for_a_week(*, at: datetime | None = None) -> int:
    """Mark every running filing whose last check is a week old: reconciliation, whatever was forgotten."""
    at = at or timezone.now()
    return mark_in_parts(Filing.objects.running().filter(due_since__isnull=True, checked_at__lt=at - WEEK))


def mark_in_parts(filings: QuerySet[Filing]) -> int:
    """
    Mark many filings due, a part a transaction.

    Everybody who waits for several rows takes them in the order of their keys, so nobody waits in a circle.
    """
    after, marked = 0, 0
    while keys := _mark_part(filings.filter(pk__gt=after)):
        after, marked = keys[-1], marked + len(keys)
    return marked


@transaction.atomic
def _mark_part(filings: QuerySet[Filing]) -> list[int]:
    keys = list(filings.order_by("pk").select_for_update().values_list("pk", flat=True)[:MARKED_AT_ONCE])
    Filing.objects.filter(pk__in=keys).update(due_since=timezone.now(), leased_until=None)
    return keys


@transaction.atomic
def lease_due(limit: int = LEASED_AT_ONCE, *, at: datetime | None = None) -> list[KeyRange]:
    """
    Take due filings under a lease and return them as key ranges of at most CHECK_CHUNK filings.

    Whoever dies with a lease loses it when it runs out; the filings stay due, so nothing is lost with a task.
    """
    at = at or timezone.now()
    free = Filing.objects.due().exclude(leased_until__gt=at).order_by("pk")
    keys = list(free.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    Filing.objects.filter(pk__in=keys).update(leased_until=at + lease())
    return [(part[0], part[-1]) for part in parts_of(keys, settings.CHECK_CHUNK)]


def recheck_everything() -> int:
    """Mark every running filing due: something on which all of them hang was changed, such as the calendar."""
    return mark_in_parts(Filing.objects.running())
