"""The notices of a day: deadlines that are near or have passed, and waivers that end."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from compliance.casework.queues import last_day_soon
from compliance.models import Filing, Flag
from compliance.notices import kinds
from compliance.notices.raising import raise_notices, raise_of_clock

# How many days before its end a waiver is told of, and how long after a deadline a missed day is made up for.
WAIVER_DAYS = 3
LOOK_BACK = timedelta(days=7)


def raise_notices_of_the_day(*, today: date | None = None) -> int:
    """Raise the notices of a day (default: today). Run twice, nobody is told twice."""
    today = today or timezone.localdate()
    running = Filing.objects.running().select_related("applicant", "assignee")
    soon = running.filter(due_on__gte=today, due_on__lte=last_day_soon(today))
    over = running.filter(due_on__lt=today, due_on__gte=today - LOOK_BACK)
    raised = sum(raise_of_clock(kinds.DUE_SOON, filing) for filing in soon.iterator())
    raised += sum(raise_of_clock(kinds.OVERDUE, filing) for filing in over.iterator())
    return raised + sum(_of_waiver(flag) for flag in _ending(today))


def _ending(today: date) -> list[Flag]:
    ending = Flag.objects.waived(today).filter(waived_until__lte=today + timedelta(days=WAIVER_DAYS))
    return list(ending.select_related("waived_by", "filing__applicant", "filing__assignee"))


def _of_waiver(flag: Flag) -> int:
    filing = flag.filing
    people = [person for person in (filing.assignee, flag.waived_by) if person]
    until = flag.waived_until.isoformat() if flag.waived_until else ""
    values = {"rule": flag.rule, "until": until}
    return raise_notices(kinds.WAIVER_ENDS, people, filing, key=f"{flag.pk}:{until}", values=values)
