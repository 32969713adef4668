"""When a subscription is due: its periods, and the moment at which each is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from compliance.dossier.days import SHANGHAI
from compliance.reports.periods import DAY, Every, Period, period_around
from compliance.rules.calendar import WorkingCalendar

# A check that began before the end of a period may be stored after it; a period is reported once it has settled.
PAUSE_AFTER_END = timedelta(minutes=5)
LAST_WORKING_DAY = 15


class Frequency(StrEnum):
    """How often a report is sent."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    WORKING_DAY = "working_day"


_EVERY = {**{Frequency(every.value): every for every in Every}, Frequency.WORKING_DAY: Every.MONTH}


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    How often, and at which hour of which time zone. Periods are those of the calendar in Asia/Shanghai, so that all readers
    have the same figures; hour and zone say when a report of an ended period is sent. With WORKING_DAY, the report of a
    month is sent on the n-th working day of China after it (`working_day`).
    """

    frequency: Frequency
    hour: int = 8
    zone: ZoneInfo = SHANGHAI
    working_day: int = 1

    @property
    def every(self) -> Every:
        return _EVERY[self.frequency]

    def period_around(self, moment: datetime) -> Period:
        return period_around(self.every, moment)

    def due_at(self, period: Period, calendar: WorkingCalendar) -> datetime:
        """Return the moment at which the report of a period is sent: the first such hour once it has ended and settled."""
        if self.frequency == Frequency.WORKING_DAY:
            day = _working_day(period.ends_at.astimezone(SHANGHAI).date(), self.working_day, calendar)
            return max(self._hour_of(day), period.ends_at + PAUSE_AFTER_END)
        day = period.ends_at.astimezone(self.zone).date()
        at = self._hour_of(day)
        return max(at if at >= period.ends_at else self._hour_of(day + DAY), period.ends_at + PAUSE_AFTER_END)

    def _hour_of(self, day: date) -> datetime:
        """
        Return the hour of a day in the zone. In the night in which clocks go forward, an hour that does not exist is the one
        after it; when they go back, the first of two.
        """
        return datetime.combine(day, time(self.hour), self.zone).astimezone(SHANGHAI)

    def due_periods(self, *, since: datetime, at: datetime, calendar: WorkingCalendar) -> Iterator[Period]:
        """Yield the periods from the one that begins at `since` that are due by a moment, the earliest first."""
        period = self.period_around(since)
        while self.due_at(period, calendar) <= at:
            yield period
            period = self.period_around(period.ends_at)


def _working_day(first: date, count: int, calendar: WorkingCalendar) -> date:
    """
    Return the count-th working day from a day on. In a year whose holiday notice is not published, weekdays count as worked.
    """
    day = first - DAY
    while count:
        day += DAY
        count -= _is_worked(day, calendar)
    return day


def _is_worked(day: date, calendar: WorkingCalendar) -> bool:
    return calendar.is_working_day(day) if calendar.is_confirmed(day.year) else day.weekday() < 5
