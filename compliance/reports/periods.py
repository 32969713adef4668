"""Reporting periods: weeks from Monday to Monday in Asia/Shanghai, including the first moment and excluding the last. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from compliance.dossier.days import SHANGHAI

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open period: it includes its first moment and excludes its last."""

    begins_at: datetime
    ends_at: datetime

    def contains(self, moment: datetime | None) -> bool:
        return moment is not None and self.begins_at <= moment < self.ends_at


def monday_before(moment: datetime) -> datetime:
    """Return the last Monday, 00:00 in Asia/Shanghai, at or before a moment."""
    day = moment.astimezone(SHANGHAI).date()
    return datetime.combine(day - timedelta(days=day.weekday()), time.min, SHANGHAI)


def ended_weeks(*, since: datetime | None, at: datetime) -> Iterator[Period]:
    """
    Yield the whole weeks that ended by a moment, the earliest first: those since the end of the last reported week, or
    only the last one if nothing was ever reported.
    """
    last = monday_before(at)
    begins_at = monday_before(since) if since else last - WEEK
    while begins_at + WEEK <= last:
        yield Period(begins_at, begins_at + WEEK)
        begins_at += WEEK
