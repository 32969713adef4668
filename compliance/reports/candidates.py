"""
The filings that can have a row in a report, found by indexes: those with which something happened, and those that are open. So a
report on a week of a large archive reads the filings of that week. Each function may name more filings than have a row, never less.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from compliance.filings import workflow
from compliance.models import Assignment, EarlierFlag, Event, Filing, Flag
from compliance.reports.periods import Period
from compliance.rules import thresholds

Keys = (
    QuerySet[Filing, int]
    | QuerySet[Event, int]
    | QuerySet[Flag, int]
    | QuerySet[EarlierFlag, int]
    | QuerySet[Assignment, int]
)
LEVELS = ("error", "warning")
_FIGURES = (
    thresholds.CORRECTION_DAYS,
    thresholds.DECISION_DAYS,
    thresholds.FILING_DAYS,
    thresholds.CHANGE_DAYS,
    thresholds.CANCELLATION_DAYS,
)


def with_changes(period: Period) -> list[int]:
    """Return the filings with an event in a period, or with a flag that became known or was resolved in it."""
    return _keys(
        _events(Q(at__gte=period.begins_at, at__lt=period.ends_at)),
        _flags(Q(raised_at__gte=period.begins_at, raised_at__lt=period.ends_at)),
        _flags(Q(resolved_at__gte=period.begins_at, resolved_at__lt=period.ends_at)),
        _filings(Q(first_submitted_at__gte=period.begins_at, first_submitted_at__lt=period.ends_at)),
    )


def with_events(period: Period, verbs: tuple[str, ...]) -> list[int]:
    """Return the filings with an event of some kinds in a period."""
    return _keys(_events(Q(at__gte=period.begins_at, at__lt=period.ends_at, verb__in=verbs)))


def with_open_flags(period: Period) -> list[int]:
    """Return the filings with an error or a warning, of today or of then, that was not resolved before a period."""
    earlier = EarlierFlag.objects.filter(until__gte=period.ends_at, level__in=LEVELS)
    return _keys(
        _flags(Q(resolved_at__isnull=True, level__in=LEVELS)),
        _flags(Q(resolved_at__gte=period.begins_at)),
        earlier.values_list("flag__filing", flat=True),
    )


def with_work(period: Period) -> list[int]:
    """Return the filings on which somebody worked since a period began, or which somebody holds."""
    return _keys(
        _events(Q(at__gte=period.begins_at)),
        Assignment.objects.filter(at__gte=period.begins_at).values_list("filing", flat=True),
        _filings(Q(assignee__isnull=False, status__in=sorted(workflow.UNDECIDED))),
    )


def with_deadlines(period: Period) -> list[int]:
    """
    Return the filings with a deadline that was not closed before a period or has its last day in it.

    A deadline begins with an event or on a declared day, and is closed by an event of the filing, of one that cancels it, or of
    one that files the same service again. A filing without any for longer than a deadline lasts has an open one by its own state.
    """
    longest, last = _longest(period.last_day), period.last_day
    since = Q(at__gte=period.begins_at - longest)
    # What begins on a day of the future, or began just now, is not yet in the state of a filing.
    first = min(period.first_day, timezone.localdate()) - longest
    moved = Filing.objects.filter(pk__in=_events(since)).order_by()
    amending = moved.exclude(amends_key="").values("amends_key")
    # A service whose filing was withdrawn is filed by the next one.
    again = Q(applicant__in=moved.values("applicant"), service_key__in=moved.values("service_key"))
    return _keys(
        _events(since),
        _filings(~Q(clock="")),
        _filings(Q(status=workflow.SUSPENDED)),
        _filings(Q(official_number__key__in=amending)),
        _filings(Q(status=workflow.WITHDRAWN) & again),
        _filings(Q(last_declared_on__gte=first, first_declared_on__lte=last)),
    )


def _longest(day: date) -> timedelta:
    """Return at least as many days as the working days of any deadline take: weeks of five, and holidays of two weeks before and after."""
    return timedelta(days=28 + 2 * max(figure.count_on(day) for figure in _FIGURES))


def _events(those: Q) -> QuerySet[Event, int]:
    return Event.objects.filter(those).order_by().values_list("filing", flat=True)


def _flags(those: Q) -> QuerySet[Flag, int]:
    return Flag.objects.filter(those).order_by().values_list("filing", flat=True)


def _filings(those: Q) -> QuerySet[Filing, int]:
    return Filing.objects.filter(those).order_by().values_list("pk", flat=True)


def _keys(*found: Keys) -> list[int]:
    """Return the keys of filings that were found, each once, in their order."""
    return sorted({key for keys in found for key in keys.iterator(chunk_size=10_000)})
