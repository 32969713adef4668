"""
The filings that can have a row in a report, found by indexes: those with which something happened, and those that are open. So a
report on a week of a large archive reads the filings of that week. Each function may name more filings than have a row, never less.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from compliance.filings import workflow
from compliance.models import Assignment, EarlierFlag, Event, Filing, Flag
from compliance.reports.periods import DAY, Period, midnight
from compliance.rules import thresholds
from compliance.rules.calendar import WorkingCalendar

Keys = QuerySet[Any, int]
LEVELS = ("error", "warning")
# All filings are checked every week.
_CHECKED_WITHIN = timedelta(days=28)


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


def with_deadlines(period: Period, calendar: WorkingCalendar) -> list[int]:
    """
    Return the filings with a deadline that was not closed before a period or has its last day in it.

    A deadline that is open now is in the state of its filing; one that was closed since the period began was so by an event of the
    filing, of one that cancels it, or of one that files the same service again; one with its last day in the period began on one of a
    few days.
    """
    since = _events(Q(at__gte=period.begins_at))
    moved = Filing.objects.filter(pk__in=since).order_by()
    amending = moved.exclude(amends_key="").values("amends_key")
    again = Q(applicant__in=moved.values("applicant"), service_key__in=moved.values("service_key"))
    # What begins on a day of the future, or began since the last check, is not yet in the state of a filing.
    lately = min(period.first_day, timezone.localdate()) - _CHECKED_WITHIN
    return _keys(
        since,
        _filings(~Q(clock="")),
        _filings(Q(status=workflow.SUSPENDED)),
        _filings(Q(official_number__key__in=amending)),
        _filings(Q(status=workflow.WITHDRAWN) & again),
        _filings(Q(last_declared_on__gte=lately, first_declared_on__lte=period.last_day)),
        *_due_in(period, calendar),
    )


def _due_in(period: Period, calendar: WorkingCalendar) -> Iterator[Keys]:
    """Yield the filings with a deadline that has its last day in a period, whatever became of it."""
    for figure, verb in (
        (thresholds.CORRECTION_DAYS, workflow.RETURN.verb),
        (thresholds.DECISION_DAYS, workflow.ACCEPT.verb),
    ):
        if days := _first_days(period, figure.count_on(period.last_day), calendar):
            yield _events(Q(verb=verb, at__gte=midnight(days[0]), at__lt=midnight(days[-1] + DAY)))
    for figure in (thresholds.FILING_DAYS, thresholds.CHANGE_DAYS, thresholds.CANCELLATION_DAYS):
        if days := _first_days(period, figure.count_on(period.last_day), calendar):
            yield _filings(Q(last_declared_on__gte=days[0], first_declared_on__lte=days[-1]))


def _first_days(period: Period, working_days: int, calendar: WorkingCalendar) -> list[date]:
    """Return the days on which deadlines of a length begin that have their last day in a period."""
    # At least as long as so many working days take: weeks of five, and holidays.
    longest = timedelta(days=28 + 2 * working_days)
    days = (
        period.first_day - longest + n * DAY for n in range((period.last_day - period.first_day + longest).days + 1)
    )
    return [day for day in days if period.contains_day(calendar.working_day_after(day, working_days))]


def _events(those: Q) -> Keys:
    return Event.objects.filter(those).order_by().values_list("filing", flat=True)


def _flags(those: Q) -> Keys:
    return Flag.objects.filter(those).order_by().values_list("filing", flat=True)


def _filings(those: Q) -> Keys:
    return Filing.objects.filter(those).order_by().values_list("pk", flat=True)


def _keys(*found: Keys) -> list[int]:
    """Return the keys of filings that were found, each once, in their order."""
    return sorted({key for keys in found for key in keys.iterator(chunk_size=10_000)})
