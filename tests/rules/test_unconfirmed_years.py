"""DDL-05: deadlines in a year whose holiday notice is not confirmed."""

from __future__ import annotations

from datetime import date

import pytest

from compliance.rules.calendar import WorkingCalendar
from compliance.rules.context import FilingFact
from tests.building import a_dossier, flagged, flagged_in_full
from tests.rules.amending import KINDS, amending

AT_LAUNCH, AT_CHANGE = "/service/launched_on", "/occurred_on"
AMENDMENTS = [(kind, action) for kind in KINDS for action in ("change", "cancellation")]
NEXT_YEAR = WorkingCalendar({date(2027, 1, 1): False}, frozenset({2027}))
ANOTHER_IN_TIME = (FilingFact("algorithm", "submitted", "样例问答", date(2026, 12, 20)),)


def first_submitted(day):
    return {"status": "submitted", "submitted_on": day, "first_submitted_on": day}


@pytest.mark.parametrize("day", ["2026-12-18", "2026-12-31", "2027-01-20", "2028-01-01"])
def test_ddl05_warns_if_the_year_of_the_deadline_is_not_confirmed(day):
    found = flagged_in_full(a_dossier("algorithm", {AT_LAUNCH: "2026-12-18"}), on=day)
    assert [line[:3] for line in found] == [("DDL-05", AT_LAUNCH, "warning")]


@pytest.mark.parametrize(
    ("day", "found"), [("2026-12-25", []), ("2026-12-28", ["due_soon"]), ("2027-01-01", ["overdue"])]
)
def test_ddl05_is_silent_if_the_last_day_still_falls_in_a_confirmed_year(day, found):
    dossier = a_dossier("algorithm", {AT_LAUNCH: "2026-12-17"})
    assert [(line[0], line[3]) for line in flagged_in_full(dossier, on=day)] == [
        ("DDL-01", variant) for variant in found
    ]


@pytest.mark.parametrize(("kind", "action"), AMENDMENTS)
def test_ddl05_applies_to_the_deadlines_of_changes_and_cancellations(kind, action):
    dossier = amending(kind, action, {AT_CHANGE: "2026-12-18"})
    found = flagged_in_full(dossier, on="2027-02-01")
    assert [line[:3] for line in found] == [("DDL-05", AT_CHANGE, "warning")]


@pytest.mark.parametrize(("occurred_on", "rules"), [("2026-12-03", ["DDL-02"]), ("2026-12-04", ["DDL-05"])])
def test_ddl05_counts_the_twenty_days_of_a_cancellation(occurred_on, rules):
    dossier = amending("algorithm", "cancellation", {AT_CHANGE: occurred_on})
    assert [rule for rule, _ in flagged(dossier, on="2026-12-31")] == rules


def test_ddl05_is_silent_once_the_deadline_is_met():
    dossier = a_dossier("algorithm", {AT_LAUNCH: "2026-12-18"})
    assert flagged(dossier, on="2027-02-01", **first_submitted(date(2027, 1, 29))) == []
    assert flagged(dossier, on="2027-02-01", other_filings=ANOTHER_IN_TIME) == []
    change = amending("generative", "change", {AT_CHANGE: "2026-12-18"})
    assert flagged(change, on="2027-02-01", **first_submitted(date(2026, 12, 21))) == []


@pytest.mark.parametrize(
    "changes",
    [
        {AT_LAUNCH: "2026-12-20"},
        {AT_LAUNCH: None},
        {AT_LAUNCH: "2026-12-18", "/service/public": False},
        {AT_LAUNCH: "2026-12-18", "/service/opinion_capacity": False},
    ],
)
def test_ddl05_is_silent_if_no_deadline_runs(changes):
    assert flagged(a_dossier("algorithm", changes), on="2026-12-19") == []


@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_ddl05_is_silent_on_an_initial_filing_that_has_no_deadline(kind):
    assert flagged(a_dossier(kind, {AT_LAUNCH: "2026-12-31"}), on="2026-12-31") == []


@pytest.mark.parametrize(
    ("day", "variant"),
    [("2026-12-28", None), ("2026-12-29", "due_soon"), ("2027-01-04", "due_soon"), ("2027-01-05", "overdue")],
)
def test_the_rule_of_the_deadline_applies_in_a_manually_confirmed_year(day, variant):
    found = flagged_in_full(a_dossier("algorithm", {AT_LAUNCH: "2026-12-18"}), on=day, calendar=NEXT_YEAR)
    assert [(line[0], line[3]) for line in found] == ([("DDL-01", variant)] if variant else [])


@pytest.mark.parametrize(("kind", "action"), AMENDMENTS)
def test_ddl05_is_silent_before_the_deadline_begins_to_run(kind, action):
    assert flagged(amending(kind, action, {AT_CHANGE: "2027-03-01"})) == []
    assert flagged(amending(kind, action, {AT_CHANGE: "9999-12-31"})) == []
