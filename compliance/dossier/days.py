"""Days as people give them, and steps from one day to another. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day_from(text: str) -> date:
    """Read `YYYY-MM-DD` and nothing else; ValueError says what is wrong."""
    if not _FORM.fullmatch(text):
        raise ValueError(f"{text!r} is no day; write YYYY-MM-DD.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no day of the calendar.") from None


def days_after(day: date, days: int) -> date:
    """Return the day so many days later; the end of the calendar is never passed."""
    return day + timedelta(days) if (date.max - day).days > days else date.max


def month_before(day: date) -> date:
    """Return the same day of the month before, or its last day where it has none."""
    if day.year == day.month == 1:
        return date.min  # the calendar begins here
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@lru_cache(maxsize=4096)
def over_a_month_after(day: date) -> date:
    """Return the first day from which a day lies more than one calendar month back."""
    later = days_after(day, 28)
    while later < date.max and month_before(later) <= day:
        later = days_after(later, 1)
    return later
