"""Parsing of dates, and date arithmetic."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# The time zone of every date and deadline.
SHANGHAI = ZoneInfo("Asia/Shanghai")
_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day_from(text: str) -> date:
    """Parse `YYYY-MM-DD`. Raises ValueError, with a message for the user, for anything else."""
    if not _FORM.fullmatch(text):
        raise ValueError(f"{text!r} is not a valid date; use the format YYYY-MM-DD.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a valid calendar date.") from None


def days_after(day: date, days: int) -> date:
    """Return the date that many days later, or the last date of the calendar if that is earlier."""
    return day + timedelta(days) if (date.max - day).days > days else date.max


def month_before(day: date) -> date:
    """Return the same day of the previous month, or the last day of that month if it is shorter."""
    if day.year == day.month == 1:
        return date.min  # the first month of the calendar
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@lru_cache(maxsize=4096)
def over_a_month_after(day: date) -> date:
    """Return the first date on which `day` is more than one calendar month ago."""
    later = days_after(day, 28)
    while later < date.max and month_before(later) <= day:
        later = days_after(later, 1)
    return later
