"""Numbers, moments and periods as reports show them, in every language alike."""

from __future__ import annotations

from datetime import datetime, time

from django.utils import timezone

from compliance.reports.figures import Number
from compliance.reports.periods import Period


def capitalized(heading: str) -> str:
    return heading[:1].upper() + heading[1:]


def shown_number(value: Number | None) -> str:
    return "–" if value is None else f"{value:,}"


def signed(value: Number) -> str:
    """Return a change with its sign; a real minus sign for less."""
    return f"{value:+,}".replace("-", "−") if value else "0"


def shown_period(period: Period) -> str:
    """Return the first and the last day of a period, or its moments if it does not begin and end at midnight."""
    begins, ends = timezone.localtime(period.begins_at), timezone.localtime(period.ends_at)
    if begins.time() == ends.time() == time.min:
        return f"{period.first_day} – {period.last_day}"
    return f"{shown_moment(begins)} – {shown_moment(ends)}"


def shown_moment(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S")
