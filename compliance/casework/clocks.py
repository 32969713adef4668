"""How far a statutory deadline is away, for people: working days left, or days over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from compliance.filings.models import ClockName, Filing
from compliance.rules import thresholds
from compliance.rules.calendar import WorkingCalendar

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Remaining:
    """
    The clock of a filing, its last day, and how far away that is: working days left (0 on the last day itself), or
    calendar days over. None of them is known while the holiday notice of the year is not confirmed.
    """

    clock: ClockName
    due_on: date | None
    working_days_left: int | None
    days_over: int | None
    is_soon: bool

    @property
    def binds_the_authority(self) -> bool:
        return self.clock == ClockName.DECISION


def remaining(filing: Filing, *, today: date, calendar: WorkingCalendar) -> Remaining | None:
    """Return how far the deadline of a filing is away; None if no clock runs."""
    if not filing.clock:
        return None
    clock, due_on = ClockName(filing.clock), filing.due_on
    if due_on is None:
        return Remaining(clock, None, None, None, is_soon=False)
    if due_on < today:
        return Remaining(clock, due_on, None, (today - due_on).days, is_soon=False)
    left = working_days_between(today, due_on, calendar)
    return Remaining(clock, due_on, left, None, is_soon=left <= thresholds.DUE_SOON_DAYS.count_on(today))


def working_days_between(start: date, end: date, calendar: WorkingCalendar) -> int:
    """Count the working days after `start`, up to `end`. Days of a year whose notice is not confirmed count as none."""
    days = (start + _DAY * count for count in range(1, (end - start).days + 1))
    return sum(calendar.is_confirmed(day.year) and calendar.is_working_day(day) for day in days)
