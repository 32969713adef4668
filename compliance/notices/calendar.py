"""The notices of a day: deadlines that are near or have passed, and waivers that end."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice

from django.db.models import QuerySet
from django.utils import timezone

from compliance.casework.queues import last_day_soon
from compliance.models import Filing, Flag, Notice
from compliance.notices import kinds
from compliance.notices.raising import clock_key, key_of, raise_notices, raise_of_clock

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
    return raised + sum(_of_waiver(flag) for flag in _ending(today))


def _raise_of_clocks(kind: str, filings: QuerySet[Filing]) -> int:
    """Announce the deadlines that were not announced yet, in parts."""
    raised, rows = 0, filings.iterator(chunk_size=AT_ONCE)
    while part := list(islice(rows, AT_ONCE)):
        announced = Notice.objects.filter(kind=kind, filing__in=[filing.pk for filing in part])
        done = set(announced.values_list("key", flat=True))
        raised += sum(raise_of_clock(kind, filing) for filing in part if key_of(kind, clock_key(filing)) not in done)
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
