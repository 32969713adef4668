"""Days as people give them to the doors of the product."""

from __future__ import annotations

import re
from datetime import date

_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day_from(text: str) -> date:
    """Read `YYYY-MM-DD` and nothing else; ValueError says what is wrong."""
    if not _FORM.fullmatch(text):
        raise ValueError(f"{text!r} is no day; write YYYY-MM-DD.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no day of the calendar.") from None
