"""Days at either end of the calendar are handled like others."""

from __future__ import annotations

from datetime import date

import pytest

from compliance.dossier.days import days_after, month_before, over_a_month_after
from tests.building import a_document, a_dossier, judged

ENDS = ["0001-01-01", "0001-01-31", "0001-02-28", "9999-11-30", "9999-12-01", "9999-12-31"]
PLACES = [
    "/occurred_on",
    "/service/launched_on",
    "/service/terminated_on",
    "/assessment/assessed_on",
    "/assessment/keywords/updated_on",
    "/assessment/questions/updated_on",
    "/assessment/refusal_questions/updated_on",
    "/assessment/non_refusal_questions/updated_on",
]


@pytest.mark.parametrize("day", ENDS)
@pytest.mark.parametrize("at", PLACES)
@pytest.mark.parametrize("assessed_on", [None, *ENDS])
def test_no_day_is_too_early_or_too_late(at, day, assessed_on):
    assert at.rpartition("/")[2] in str(a_document("generative"))
    changes = {"/assessment/assessed_on": assessed_on, at: day}
    for action in ("initial", "change"):
        judged(a_dossier("generative", {**changes, "/action": action}))


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2026-03-31", "2026-02-28"),
        ("2024-03-31", "2024-02-29"),
        ("2026-01-01", "2025-12-01"),
        ("2026-12-31", "2026-11-30"),
        ("0001-01-31", "0001-01-01"),
        ("0001-02-01", "0001-01-01"),
    ],
)
def test_the_month_before(day, before):
    assert month_before(date.fromisoformat(day)) == date.fromisoformat(before)


@pytest.mark.parametrize(
    ("day", "over"),
    [
        ("2026-01-31", "2026-03-01"),
        ("2026-02-28", "2026-04-01"),
        ("2026-01-15", "2026-02-16"),
        ("2024-01-30", "2024-03-01"),
        ("2024-01-29", "2024-03-01"),
        ("9999-12-31", "9999-12-31"),
    ],
)
def test_the_first_day_over_a_month_later(day, over):
    assert over_a_month_after(date.fromisoformat(day)) == date.fromisoformat(over)


def test_the_end_of_the_calendar_is_not_passed():
    assert days_after(date(9999, 12, 30), 8) == date.max
    assert days_after(date(9999, 12, 23), 8) == date.max
    assert days_after(date(9999, 12, 22), 8) == date(9999, 12, 30)
