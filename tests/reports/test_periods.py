"""Reporting periods, over the ends of months, quarters and years."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.reports.periods import Every, Period, days_between, ended_periods, midnight, period_around

SHANGHAI = ZoneInfo("Asia/Shanghai")


def period(first: str, end: str) -> Period:
    return days_between(date.fromisoformat(first), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("every", "moment", "expected"),
    [
        (Every.DAY, datetime(2026, 2, 28, 23, 59, tzinfo=SHANGHAI), ("2026-02-28", "2026-03-01")),
        (Every.WEEK, datetime(2026, 11, 2, tzinfo=SHANGHAI), ("2026-11-02", "2026-11-09")),
        (Every.WEEK, datetime(2026, 11, 1, 15, 59, tzinfo=ZoneInfo("UTC")), ("2026-10-26", "2026-11-02")),
        (Every.WEEK, datetime(2026, 11, 1, 16, tzinfo=ZoneInfo("UTC")), ("2026-11-02", "2026-11-09")),
        (Every.MONTH, datetime(2026, 12, 31, 12, tzinfo=SHANGHAI), ("2026-12-01", "2027-01-01")),
        (Every.QUARTER, datetime(2026, 11, 30, tzinfo=SHANGHAI), ("2026-10-01", "2027-01-01")),
        (Every.YEAR, datetime(2026, 1, 1, tzinfo=SHANGHAI), ("2026-01-01", "2027-01-01")),
    ],
)
def test_a_period_of_the_calendar_lies_around_a_moment(every, moment, expected):
    assert period_around(every, moment) == period(*expected)


@pytest.mark.parametrize(
    ("given", "before"),
    [
        (("2026-03-01", "2026-04-01"), ("2026-02-01", "2026-03-01")),
        (("2026-01-01", "2026-04-01"), ("2025-10-01", "2026-01-01")),
        (("2026-01-01", "2027-01-01"), ("2025-01-01", "2026-01-01")),
        (("2026-11-02", "2026-11-09"), ("2026-10-26", "2026-11-02")),
        (("2026-03-05", "2026-03-07"), ("2026-03-03", "2026-03-05")),
    ],
)
def test_the_period_before_has_as_many_months_or_is_as_long(given, before):
    assert period(*given).previous() == period(*before)


def test_a_period_includes_its_first_moment_and_excludes_its_last():
    week = period("2026-11-02", "2026-11-09")
    assert [week.contains(moment) for moment in (week.begins_at, week.ends_at, None)] == [True, False, False]
    assert (week.first_day, week.last_day) == (date(2026, 11, 2), date(2026, 11, 8))
    assert [week.contains_day(day) for day in (date(2026, 11, 8), date(2026, 11, 9), None)] == [True, False, False]


def test_a_period_ends_with_its_last_moment():
    end = midnight(date(2026, 11, 9))
    week = period("2026-11-02", "2026-11-09")
    assert list(ended_periods(Every.WEEK, since=week.begins_at, at=end - timedelta(microseconds=1))) == []
    assert list(ended_periods(Every.WEEK, since=week.begins_at, at=end)) == [week]


def test_only_the_last_period_is_reported_where_nothing_is_known_of_earlier_ones():
    at = datetime(2026, 11, 30, tzinfo=SHANGHAI)
    assert list(ended_periods(Every.MONTH, since=None, at=at)) == [period("2026-10-01", "2026-11-01")]


@given(
    st.sampled_from(Every),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(SHANGHAI)),
    st.timedeltas(timedelta(0), timedelta(days=800)),
)
def test_missed_periods_follow_each_other_without_gap_or_overlap(every, since, later):
    periods = list(ended_periods(every, since=since, at=since + later))
    assert all(a.ends_at == b.begins_at for a, b in pairwise(periods))
    assert all(each.ends_at <= since + later for each in periods)
    assert not periods or periods[0].contains(since)


@given(st.sampled_from(Every), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(SHANGHAI)))
def test_the_period_before_ends_where_this_one_begins(every, moment):
    this = period_around(every, moment)
    assert this.previous() == period_around(every, this.begins_at - timedelta(seconds=1))


def test_an_empty_period_is_refused():
    with pytest.raises(ValueError, match="is empty"):
        days_between(date(2026, 11, 2), date(2026, 11, 2))
