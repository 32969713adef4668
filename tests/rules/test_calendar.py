"""The working days of China, against a second source and the test vectors of the reference."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest

from compliance.rules.calendar import PUBLISHED, WorkingCalendar

MAKE_UP_DAYS = [
    *(date(2025, month, day) for month, day in [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)]),
    *(date(2026, month, day) for month, day in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]),
]
HOLIDAYS_OF_2026 = [
    (date(2026, 1, 1), date(2026, 1, 3)),
    (date(2026, 2, 15), date(2026, 2, 23)),
    (date(2026, 4, 4), date(2026, 4, 6)),
    (date(2026, 5, 1), date(2026, 5, 5)),
    (date(2026, 6, 19), date(2026, 6, 21)),
    (date(2026, 9, 25), date(2026, 9, 27)),
    (date(2026, 10, 1), date(2026, 10, 7)),
]


def days(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize("year", range(2010, 2027))
def test_every_day_agrees_with_a_second_source(year):
    every_day = days(date(year, 1, 1), date(year, 12, 31))
    assert [day for day in every_day if PUBLISHED.is_working_day(day) != chinese_calendar.is_workday(day)] == []


def test_the_make_up_days_of_the_notices_are_worked():
    assert [PUBLISHED.is_working_day(day) for day in MAKE_UP_DAYS] == [True] * 11


@pytest.mark.parametrize(("first", "last"), HOLIDAYS_OF_2026)
def test_the_holidays_of_the_notice_are_not_worked(first, last):
    assert not any(PUBLISHED.is_working_day(day) for day in days(first, last))


@pytest.mark.parametrize(
    ("start", "count", "last_day"),
    [
        (date(2026, 2, 10), 10, date(2026, 3, 2)),
        (date(2026, 2, 10), 30, date(2026, 3, 30)),
        (date(2026, 9, 28), 10, date(2026, 10, 16)),
        (date(2025, 9, 26), 10, date(2025, 10, 16)),
        (date(2026, 4, 30), 20, date(2026, 6, 1)),
        (date(2026, 12, 10), 10, date(2026, 12, 24)),
    ],
)
def test_the_vectors_of_the_reference(start, count, last_day):
    assert PUBLISHED.working_day_after(start, count) == last_day


@pytest.mark.parametrize(
    ("start", "count", "day"),
    [
        (date(2026, 11, 16), 1, date(2026, 11, 17)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # over a weekend
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # from a Saturday
        (date(2026, 5, 8), 1, date(2026, 5, 9)),  # to a worked Saturday
        (date(2025, 12, 31), 1, date(2026, 1, 4)),  # over New Year, to a worked Sunday
        (date(2026, 11, 23), -1, date(2026, 11, 20)),
        (date(2026, 5, 18), -3, date(2026, 5, 13)),
        (date(2026, 10, 12), -3, date(2026, 10, 8)),
        (date(2026, 1, 5), -2, date(2025, 12, 31)),
    ],
)
def test_the_day_of_the_start_is_not_counted(start, count, day):
    assert PUBLISHED.working_day_after(start, count) == day


def test_there_and_back_again_is_the_same_working_day():
    working_days = [day for day in days(date(2026, 1, 1), date(2026, 11, 30)) if PUBLISHED.is_working_day(day)]
    for day in working_days:
        assert PUBLISHED.working_day_after(PUBLISHED.working_day_after(day, 10), -10) == day


def test_a_year_without_a_confirmed_notice_is_refused():
    assert PUBLISHED.is_confirmed(2026)
    assert not PUBLISHED.is_confirmed(2027)
    with pytest.raises(ValueError, match="2027"):
        PUBLISHED.is_working_day(date(2027, 1, 4))


@pytest.mark.parametrize(
    ("start", "count", "day"),
    [
        (date(2026, 12, 17), 10, date(2026, 12, 31)),
        (date(2026, 12, 18), 10, None),
        (date(2026, 12, 31), 1, None),
        (date(2027, 6, 1), 10, None),
        (date(2027, 6, 1), -1, None),
        (date(2027, 1, 1), -1, date(2026, 12, 31)),
    ],
)
def test_no_day_is_given_if_an_unconfirmed_year_lies_on_the_way(start, count, day):
    assert PUBLISHED.working_day_after(start, count) == day


def test_an_entered_day_takes_precedence_over_the_published_one():
    calendar = WorkingCalendar({date(2026, 11, 20): False, date(2026, 11, 21): True})
    assert [calendar.is_working_day(date(2026, 11, day)) for day in (19, 20, 21, 22)] == [True, False, True, False]
    assert calendar.working_day_after(date(2026, 11, 19), 1) == date(2026, 11, 21)
    assert PUBLISHED.working_day_after(date(2026, 11, 19), 1) == date(2026, 11, 20)


def test_an_entered_day_does_not_confirm_its_year():
    calendar = WorkingCalendar({date(2027, 1, 1): False, date(2027, 1, 4): True})
    assert not calendar.is_confirmed(2027)
    assert calendar.working_day_after(date(2026, 12, 31), 1) is None
    with pytest.raises(ValueError, match="2027"):
        calendar.is_working_day(date(2027, 1, 5))


def test_a_year_confirmed_by_hand_has_its_weekdays_and_the_days_entered():
    calendar = WorkingCalendar({date(2027, 1, 1): False, date(2027, 1, 3): True}, frozenset({2027}))
    assert calendar.is_confirmed(2027)
    assert not calendar.is_confirmed(2028)
    worked = [day.day for day in days(date(2027, 1, 1), date(2027, 1, 10)) if calendar.is_working_day(day)]
    assert worked == [3, 4, 5, 6, 7, 8]
    assert calendar.working_day_after(date(2026, 12, 31), 2) == date(2027, 1, 4)
    assert calendar.working_day_after(date(2027, 12, 30), 2) is None


def test_an_unconfirmed_year_between_two_confirmed_ones_is_not_passed():
    calendar = WorkingCalendar(confirmed_years=frozenset({2028}))
    assert calendar.working_day_after(date(2026, 12, 30), 2) is None
    assert calendar.working_day_after(date(2028, 1, 3), 1) == date(2028, 1, 4)


@pytest.mark.parametrize(
    ("start", "count", "day"),
    [
        (date.min, -1, None),
        (date.min, 1, date(1, 1, 2)),
        (date.max, 1, None),
        (date.max, 10, None),
        (date.max, -1, None),
        (date.max - timedelta(days=1), 20, None),
    ],
)
def test_extreme_days_do_not_raise(start, count, day):
    assert PUBLISHED.working_day_after(start, count) == day


def test_the_last_days_of_a_confirmed_last_year_do_not_raise():
    calendar = WorkingCalendar(confirmed_years=frozenset({9999}))
    assert calendar.working_day_after(date.max, 1) is None
    assert calendar.working_day_after(date(9999, 12, 30), 1) == date.max
    assert calendar.working_day_after(date(9999, 12, 30), 2) is None
