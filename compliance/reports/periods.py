"""Reporting periods: half-open spans of time that begin and end at midnight in Asia/Shanghai. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from compliance.dossier.days import SHANGHAI

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open period: it includes its first moment and excludes its last."""

    begins_at: datetime
    ends_at: datetime

    def contains(self, moment: datetime | None) -> bool:
        return moment is not None and self.begins_at <= moment < self.ends_at

    @property
    def first_day(self) -> date:
        return self.begins_at.astimezone(SHANGHAI).date()

    @property
    def last_day(self) -> date:
        """The last day of which the period has a part."""
        return (self.ends_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date()

    def contains_day(self, day: date | None) -> bool:
        return day is not None and self.first_day <= day <= self.last_day

    def previous(self) -> Period:
        """Return the period before this one: as many whole months, if this one is whole months, otherwise as long."""
        begins, ends = self.begins_at.astimezone(SHANGHAI), self.ends_at.astimezone(SHANGHAI)
        if _is_first_of_month(begins) and _is_first_of_month(ends):
            months = (ends.year - begins.year) * 12 + ends.month - begins.month
            return Period(midnight(_months_later(begins.date(), -months)), self.begins_at)
        return Period(self.begins_at - (self.ends_at - self.begins_at), self.begins_at)


class Every(StrEnum):
    """How long the periods of a calendar are."""

    DAY = "daily"
    WEEK = "weekly"
    MONTH = "monthly"
    QUARTER = "quarterly"
    YEAR = "yearly"


_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}


def midnight(day: date) -> datetime:
    """Return the first moment of a day in Asia/Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI)


def days_between(first: date, end: date) -> Period:
    """
    Return the period from the first moment of a day to the first moment of another. Raise ValueError if it is empty, or lies
    outside the years for which there are reports.
    """
    if end <= first:
        raise ValueError(f"A period from {first} to {end} is empty.")
    if first < FIRST_DAY or end > LAST_DAY:
        raise ValueError(f"There are reports from {FIRST_DAY} to {LAST_DAY}.")
    return Period(midnight(first), midnight(end))


def period_around(every: Every, moment: datetime) -> Period:
    """Return the period of the calendar that contains a moment."""
    first = _first_day(every, moment.astimezone(SHANGHAI).date())
    return Period(midnight(first), midnight(_first_day_after(every, first)))


def ended_periods(every: Every, *, since: datetime | None, at: datetime) -> Iterator[Period]:
    """
    Yield the periods that ended by a moment, the earliest first: those that ended after `since`, or only the last one if
    nothing is known of an earlier one.
    """
    period = period_around(every, since) if since else period_around(every, at).previous()
    while period.ends_at <= at:
        yield period
        period = period_around(every, period.ends_at)


def _first_day(every: Every, day: date) -> date:
    if every == Every.DAY:
        return day
    if every == Every.WEEK:
        return day - timedelta(days=day.weekday())
    months = _MONTHS[every]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _first_day_after(every: Every, first: date) -> date:
    if every in _MONTHS:
        return _months_later(first, _MONTHS[every])
    return first + (WEEK if every == Every.WEEK else DAY)


def _months_later(first: date, months: int) -> date:
    """Return the first day of the month that many months after the month of a first day."""
    month = first.year * 12 + first.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


def _is_first_of_month(moment: datetime) -> bool:
    return moment.day == 1 and moment.time() == time.min
