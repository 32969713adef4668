"""The notices of a day: deadlines that are near or have passed, and waivers that end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice

from django.db.models import QuerySet
from django.utils import timezone

from compliance.casework.queues import last_day_soon
from compliance.models import Filing, Flag, Notice
from compliance.notices import kinds
from compliance.notices.raising import (
    clock_key,
    key_of,
    raise_notices,
    raise_of_clock,
    raise_reminder,
    reminder_key,
)
from compliance.rules.due_dates import DECISION

# How many days before its end a waiver is announced.
WAIVER_DAYS = 3
AT_ONCE = 500


def raise_notices_of_the_day(*, today: date | None = None) -> int:
    """Raise the notices of a day (default: today). Each deadline is announced once, however late it comes to light."""
    today = today or timezone.localdate()
    running = Filing.objects.running().select_related("applicant", "assignee").order_by("pk")
    soon = running.filter(due_on__gte=today, due_on__lte=last_day_soon(today))
    over = running.filter(due_on__lt=today)
    raised = _raise_of_clocks(kinds.DUE_SOON, soon) + _raise_of_clocks(kinds.OVERDUE, over)
    reminded = sum(_remind(days, today) for days in kinds.REMINDER_DAYS)
    return raised + reminded + sum(_of_waiver(flag) for flag in _ending(today))


def _remind(days: int, today: date) -> int:
    """
    Remind the filers of the deadlines that end in so many days, as each of them chooses. After an outage a reminder that was missed
    is made up for, unless the next one is due.
    """
    later = max((other for other in kinds.REMINDER_DAYS if other < days), default=-1)
    first, last = today + timedelta(days=later + 1), today + timedelta(days=days)
    filings = Filing.objects.running().filter(due_on__gte=first, due_on__lte=last).exclude(clock=DECISION)
    rows = filings.select_related("applicant").order_by("pk")
    return _raise_once(
        kinds.REMINDER, rows, lambda filing: reminder_key(filing, days), lambda filing: raise_reminder(filing, days)
    )


def _raise_of_clocks(kind: str, filings: QuerySet[Filing]) -> int:
    """Announce the deadlines that were not announced yet."""
    return _raise_once(kind, filings, clock_key, lambda filing: raise_of_clock(kind, filing))


def _raise_once(
    kind: str, filings: QuerySet[Filing], key: Callable[[Filing], str], act: Callable[[Filing], int]
) -> int:
    """Raise notices about filings of which there is none with the same key, in parts, and return how many."""
    raised, rows = 0, filings.iterator(chunk_size=AT_ONCE)
    while part := list(islice(rows, AT_ONCE)):
        announced = Notice.objects.filter(kind=kind, filing__in=[filing.pk for filing in part])
        done = set(announced.values_list("key", flat=True))
        raised += sum(act(filing) for filing in part if key_of(kind, key(filing)) not in done)
    return raised


def _ending(today: date) -> list[Flag]:
    ending = Flag.objects.waived(today).filter(waived_until__lte=today + timedelta(days=WAIVER_DAYS))
    return list(ending.select_related("waived_by", "filing__applicant", "filing__assignee"))


def _of_waiver(flag: Flag) -> int:
    filing = flag.filing
    people = [person for person in (filing.assignee, flag.waived_by) if person]
    until = flag.waived_until.isoformat() if flag.waived_until else ""
    values = {"rule": flag.rule, "until": until}
    return raise_notices(kinds.WAIVER_ENDS, people, filing, key=f"{flag.pk}:{until}", values=values)
