"""When subscriptions are due: hours and zones, clocks that change, and working days of China."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.reports.periods import midnight
from compliance.reports.schedules import PAUSE_AFTER_END, Frequency, Schedule
from compliance.rules.calendar import PUBLISHED, WorkingCalendar

UTC = ZoneInfo("UTC")
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def due(schedule: Schedule, day: str) -> datetime:
    """Return when the report of the period around a day is due."""
    period = schedule.period_around(midnight(date.fromisoformat(day)))
    return schedule.due_at(period, PUBLISHED).astimezone(schedule.zone)


@pytest.mark.parametrize(
    ("schedule", "day", "expected"),
    [
        (Schedule(Frequency.DAILY, 8), "2026-11-01", "2026-11-02 08:00"),
        # At midnight the period has ended, and settles for some minutes.
        (Schedule(Frequency.DAILY, 0), "2026-11-01", "2026-11-02 00:05"),
        (Schedule(Frequency.WEEKLY, 9), "2026-11-04", "2026-11-09 09:00"),
        (Schedule(Frequency.MONTHLY, 8), "2026-11-30", "2026-12-01 08:00"),
        (Schedule(Frequency.QUARTERLY, 8), "2026-11-30", "2027-01-01 08:00"),
        (Schedule(Frequency.YEARLY, 8), "2026-01-01", "2027-01-01 08:00"),
        # Half past eight in the evening of the day before is long before the day has ended in Shanghai.
        (Schedule(Frequency.DAILY, 20, NEW_YORK), "2026-07-01", "2026-07-01 20:00"),
        (Schedule(Frequency.DAILY, 8, NEW_YORK), "2026-07-01", "2026-07-02 08:00"),
        (Schedule(Frequency.DAILY, 8, BERLIN), "2026-10-24", "2026-10-25 08:00"),
        (Schedule(Frequency.DAILY, 2, BERLIN), "2026-10-24", "2026-10-25 02:00"),
        # The hour does not exist in the night in which clocks go forward.
        (Schedule(Frequency.DAILY, 2, BERLIN), "2026-03-28", "2026-03-29 03:00"),
        # 1 October is a holiday until the 7th; the first working day is the 8th, the third Saturday the 10th.
        (Schedule(Frequency.WORKING_DAY, 9, working_day=1), "2026-09-15", "2026-10-08 09:00"),
        (Schedule(Frequency.WORKING_DAY, 9, working_day=3), "2026-09-15", "2026-10-10 09:00"),
        (Schedule(Frequency.WORKING_DAY, 9, working_day=5), "2026-10-15", "2026-11-06 09:00"),
        # The notice for 2030 is not published: weekdays count.
        (Schedule(Frequency.WORKING_DAY, 9, working_day=2), "2029-12-15", "2030-01-02 09:00"),
    ],
)
def test_a_report_is_due_at_the_hour_after_its_period(schedule: Schedule, day: str, expected: str) -> None:
    assert f"{due(schedule, day):%Y-%m-%d %H:%M}" == expected


@settings(max_examples=200)
@given(
    st.sampled_from(Frequency),
    st.integers(0, 23),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "UTC"]),
    st.integers(1, 15),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),
)
def test_each_period_is_due_once_after_it_has_settled(
    frequency: Frequency, hour: int, zone: str, working_day: int, since: datetime
) -> None:
    schedule = Schedule(frequency, hour, ZoneInfo(zone), working_day)
    at = since + timedelta(days=60)
    periods = list(schedule.due_periods(since=since, at=at, calendar=PUBLISHED))
    assert all(a.ends_at == b.begins_at for a, b in pairwise(periods))
    moments = [schedule.due_at(period, PUBLISHED) for period in periods]
    assert all(
        period.ends_at + PAUSE_AFTER_END <= moment <= period.ends_at + timedelta(days=32)
        for period, moment in zip(periods, moments, strict=True)
    )
    following = schedule.period_around(periods[-1].ends_at if periods else since)
    assert schedule.due_at(following, PUBLISHED) > at


def test_a_confirmed_year_counts_what_was_entered() -> None:
    calendar = WorkingCalendar({date(2030, 1, 2): False}, frozenset({2030}))
    schedule = Schedule(Frequency.WORKING_DAY, 9, working_day=2)
    period = schedule.period_around(midnight(date(2029, 12, 15)))
    assert schedule.due_at(period, calendar).date() == date(2030, 1, 3)
