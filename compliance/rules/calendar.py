"""
The working days of China: weekends, public holidays and make-up workdays of the State Council's yearly notices.

The data come from the library `holidays` for the years whose notice has been published; entries of an administrator take
precedence. Nothing is computed for a year without a confirmed notice, because the library would only estimate it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

import holidays

# The notice for 2026 was published by the General Office of the State Council on 2025-11-04.
LAST_YEAR_WITH_A_NOTICE = 2026
_DAY = timedelta(days=1)


@lru_cache(maxsize=256)
def _published(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year)


class WorkingCalendar:
    """Working days, with an administrator's overrides of single days and manually confirmed years."""

    def __init__(
        self,
        overrides: Mapping[date, bool] = MappingProxyType({}),
        confirmed_years: frozenset[int] = frozenset(),
    ) -> None:
        self._overrides = dict(overrides)
        self._confirmed_years = confirmed_years
        self._counted: dict[tuple[date, int], date | None] = {}

    def is_confirmed(self, year: int) -> bool:
        return year <= LAST_YEAR_WITH_A_NOTICE or year in self._confirmed_years

    def is_working_day(self, day: date) -> bool:
        """Return whether a day is a working day. Raises ValueError for a year whose notice is not confirmed."""
        if day in self._overrides:
            return self._overrides[day]
        if day.year <= LAST_YEAR_WITH_A_NOTICE:
            return bool(_published(day.year).is_working_day(day))
        if day.year in self._confirmed_years:
            return day.weekday() < 5
        raise ValueError(f"The holiday notice for {day.year} is not confirmed.")

    def working_day_after(self, start: date, count: int) -> date | None:
        """
        Return the count-th working day after `start`, or before it if `count` is negative; `start` is not counted.

        None if a year whose notice is not confirmed lies on the way.
        """
        if (start, count) not in self._counted:
            self._counted[start, count] = self._count(start, count)
        return self._counted[start, count]

    def _count(self, start: date, count: int) -> date | None:
        step, day, left = (_DAY if count > 0 else -_DAY), start, abs(count)
        while left:
            if not self._has_confirmed_next(day, step):
                return None
            day += step
            left -= self.is_working_day(day)
        return day

    def _has_confirmed_next(self, day: date, step: timedelta) -> bool:
        inside = day > date.min if step < timedelta() else day < date.max
        return inside and self.is_confirmed((day + step).year)


PUBLISHED = WorkingCalendar()
