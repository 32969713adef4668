"""DDL: deadlines in working days of China."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from compliance.rules.calendar import WorkingCalendar
from compliance.rules.context import FilingFact
from tests.building import a_dossier, flagged, flagged_in_full, judged
from tests.rules.amending import KINDS, amending

AT_LAUNCH, AT_CHANGE = "/service/launched_on", "/occurred_on"
# Launched on 2026-04-30, to be filed by the 10th working day after it: 2026-05-18. Labor Day is 05-01 to 05-05, and
# Saturday 05-09 is worked. The 20th working day after it is 2026-06-01.
LAUNCHED = {AT_LAUNCH: "2026-04-30"}
OCCURRED = {AT_CHANGE: "2026-04-30"}
SHOWN = {"number_shown_at": "https://sample.example", "public_record_link": "https://beian.cac.gov.cn/1"}
AMENDMENTS = [(kind, action) for kind in KINDS for action in ("change", "cancellation")]


def first_submitted(day, **facts):
    return {"status": "submitted", "submitted_on": day, "first_submitted_on": day, **facts}


def a_filing(first_submitted_on=None, status="submitted", kind="algorithm", service_name="样例问答"):
    return (FilingFact(kind, status, service_name, first_submitted_on),)


# DDL-01
@pytest.mark.parametrize(
    ("day", "level", "variant"),
    [
        ("2026-05-13", "warning", "due_soon"),  # the third working day before the last
        ("2026-05-16", "warning", "due_soon"),  # a Saturday
        ("2026-05-18", "warning", "due_soon"),  # the last day
        ("2026-05-19", "error", "overdue"),
        ("2026-11-20", "error", "overdue"),
    ],
)
def test_ddl01_warns_of_the_deadline_and_flags_a_draft_after_it(day, level, variant):
    assert flagged_in_full(a_dossier("algorithm", LAUNCHED), on=day) == [("DDL-01", AT_LAUNCH, level, variant)]


@pytest.mark.parametrize("day", ["2026-04-29", "2026-04-30", "2026-05-01", "2026-05-12"])
def test_ddl01_is_silent_before(day):
    assert flagged(a_dossier("algorithm", LAUNCHED), on=day) == []


@pytest.mark.parametrize(("day", "found"), [("2026-10-07", 0), ("2026-10-08", 1), ("2026-10-12", 1)])
def test_ddl01_counts_a_worked_saturday_back_from_the_last_day(day, found):
    dossier = a_dossier("algorithm", {AT_LAUNCH: "2026-09-21"})
    assert flagged_in_full(dossier, on=day) == [("DDL-01", AT_LAUNCH, "warning", "due_soon")] * found


@pytest.mark.parametrize("submitted_on", [date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 18)])
@pytest.mark.parametrize("day", ["2026-05-18", "2026-05-19", "2026-11-20"])
def test_ddl01_is_met_by_submission_up_to_the_last_day(submitted_on, day):
    assert flagged(a_dossier("algorithm", LAUNCHED), on=day, **first_submitted(submitted_on)) == []


@pytest.mark.parametrize("status", ["submitted", "national_review", "returned", "rejected"])
@pytest.mark.parametrize("day", ["2026-05-19", "2026-11-20", "2030-01-01"])
def test_ddl01_keeps_a_warning_of_a_late_submission(status, day):
    facts = first_submitted(date(2026, 5, 19), status=status)
    assert flagged_in_full(a_dossier("algorithm", LAUNCHED), on=day, **facts) == [
        ("DDL-01", AT_LAUNCH, "warning", "late")
    ]


def test_ddl01_keeps_the_warning_when_the_filing_is_filed():
    dossier = a_dossier("algorithm", {**LAUNCHED, "/service/display": SHOWN})
    found = flagged_in_full(dossier, **first_submitted(date(2026, 5, 19), status="filed"))
    assert found == [("DDL-01", AT_LAUNCH, "warning", "late")]


def test_ddl01_runs_to_the_first_submission_and_not_to_the_last():
    facts = {**first_submitted(date(2026, 5, 18)), "submitted_on": date(2026, 6, 30)}
    assert flagged(a_dossier("algorithm", LAUNCHED), **facts) == []


@pytest.mark.parametrize("status", ["submitted", "returned", "filed", "rejected", "cancelled"])
def test_ddl01_is_met_by_another_algorithm_filing_for_the_service(status):
    others = a_filing(date(2026, 5, 18), status)
    assert flagged(a_dossier("algorithm", LAUNCHED), other_filings=others) == []


@pytest.mark.parametrize(
    "others",
    [
        None,
        (),
        a_filing(),
        a_filing(status="draft"),
        a_filing(date(2026, 5, 18), "withdrawn"),
        a_filing(date(2026, 5, 18), kind="generative"),
        a_filing(date(2026, 5, 18), kind="registration"),
        a_filing(date(2026, 5, 18), service_name="样例绘画"),
    ],
)
def test_ddl01_is_not_met_by_any_other_filing(others):
    found = flagged_in_full(a_dossier("algorithm", LAUNCHED), other_filings=others)
    assert found == [("DDL-01", AT_LAUNCH, "error", "overdue")]


def test_ddl01_counts_the_earliest_submission_of_several():
    late, in_time = a_filing(date(2026, 5, 19)), a_filing(date(2026, 5, 18))
    dossier = a_dossier("algorithm", LAUNCHED)
    assert flagged_in_full(dossier, other_filings=late) == [("DDL-01", AT_LAUNCH, "warning", "late")]
    assert flagged(dossier, other_filings=(*late, *in_time)) == []
    assert flagged(dossier, **first_submitted(date(2026, 6, 1), other_filings=in_time)) == []


@pytest.mark.parametrize("changes", [{"/service/public": False}, {"/service/opinion_capacity": False}])
def test_ddl01_needs_a_public_service_with_opinion_capacity(changes):
    assert flagged(a_dossier("algorithm", {**LAUNCHED, **changes})) == []


@pytest.mark.parametrize("field", ["/service/public", "/service/opinion_capacity"])
def test_ddl01_leaves_missing_fields_to_srv10(field):
    assert flagged(a_dossier("algorithm", {**LAUNCHED, field: None})) == [("SRV-10", field)]


@pytest.mark.parametrize("launched_on", [None, "2026-11-21", "9999-12-31"])
def test_ddl01_is_silent_until_the_service_is_launched(launched_on):
    assert flagged(a_dossier("algorithm", {AT_LAUNCH: launched_on}), on="2026-11-20") == []


def test_ddl01_runs_from_the_launch_of_the_service_and_not_of_the_algorithm():
    assert flagged(a_dossier("algorithm", {"/algorithm/launched_on": "2026-04-30"})) == []


@pytest.mark.parametrize("action", ["change", "cancellation"])
def test_ddl01_applies_to_initial_filings_only(action):
    assert flagged(amending("algorithm", action, LAUNCHED)) == []


def test_ddl01_treats_a_missing_action_as_initial():
    assert flagged(a_dossier("algorithm", {**LAUNCHED, "/action": None})) == [("DDL-01", AT_LAUNCH)]


# DDL-02
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("action", "day", "variant"),
    [
        ("change", "2026-04-29", None),
        ("change", "2026-05-12", None),
        ("change", "2026-05-13", "due_soon"),
        ("change", "2026-05-18", "due_soon"),
        ("change", "2026-05-19", "overdue"),
        ("change", "2026-11-20", "overdue"),
        ("cancellation", "2026-04-29", None),
        ("cancellation", "2026-05-26", None),
        ("cancellation", "2026-05-27", "due_soon"),
        ("cancellation", "2026-06-01", "due_soon"),
        ("cancellation", "2026-06-02", "overdue"),
        ("cancellation", "2026-11-20", "overdue"),
    ],
)
def test_ddl02_gives_ten_days_to_change_and_twenty_to_cancel(kind, action, day, variant):
    level = "error" if kind == "algorithm" and variant == "overdue" else "warning"
    expected = [("DDL-02", AT_CHANGE, level, variant)] if variant else []
    assert flagged_in_full(amending(kind, action, OCCURRED), on=day) == expected


@pytest.mark.parametrize(("kind", "action"), AMENDMENTS)
def test_ddl02_is_met_up_to_the_last_day_and_stays_late_after_it(kind, action):
    dossier = amending(kind, action, OCCURRED)
    last_day = date(2026, 5, 18) if action == "change" else date(2026, 6, 1)
    late = first_submitted(last_day + timedelta(days=1))
    assert flagged(dossier, **first_submitted(last_day)) == []
    assert flagged_in_full(dossier, **late) == [("DDL-02", AT_CHANGE, "warning", "late")]
    assert flagged_in_full(dossier, on="2030-01-01", **late) == [("DDL-02", AT_CHANGE, "warning", "late")]


def test_ddl02_runs_to_the_first_submission_and_not_to_the_last():
    facts = {**first_submitted(date(2026, 5, 18)), "submitted_on": date(2026, 6, 30)}
    assert flagged(amending("algorithm", "change", OCCURRED), **facts) == []


def test_ddl02_is_not_met_by_another_filing():
    number = amending("algorithm", "change").amends
    others = (FilingFact("algorithm", "filed", "样例问答", date(2026, 5, 1), number),)
    dossier = amending("algorithm", "change", OCCURRED)
    assert flagged(dossier, other_filings=others) == [("DDL-02", AT_CHANGE)]


@pytest.mark.parametrize(("kind", "action"), AMENDMENTS)
def test_ddl02_needs_a_day(kind, action):
    assert flagged(amending(kind, action, {AT_CHANGE: None})) == [("RTE-06", AT_CHANGE)]


@pytest.mark.parametrize("kind", KINDS)
def test_ddl02_does_not_apply_to_initial_filings(kind):
    assert flagged(a_dossier(kind, {AT_CHANGE: "2026-04-30"})) == []


def test_a_day_entered_by_hand_moves_the_deadline():
    closed = WorkingCalendar({date(2026, 5, 18): False})
    dossier = a_dossier("algorithm", LAUNCHED)
    assert [line[3] for line in flagged_in_full(dossier, on="2026-05-19", calendar=closed)] == ["due_soon"]
    assert [line[3] for line in flagged_in_full(dossier, on="2026-05-20", calendar=closed)] == ["overdue"]


# DDL-06
@pytest.mark.parametrize("kind", ["generative", "registration"])
@pytest.mark.parametrize(("launched_on", "found"), [("2026-11-19", 1), ("2026-11-20", 0), ("2026-11-21", 0)])
def test_ddl06_flags_a_service_launched_before_today(kind, launched_on, found):
    dossier = a_dossier(kind, {AT_LAUNCH: launched_on})
    assert [line[:3] for line in flagged_in_full(dossier, on="2026-11-20")] == [("DDL-06", AT_LAUNCH, "error")] * found


@pytest.mark.parametrize("status", ["draft", "submitted", "accepted", "provincial_review", "national_review"])
@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_ddl06_is_raised_until_the_filing_is_filed(kind, status):
    dossier = a_dossier(kind, {**LAUNCHED, "/service/display": {**SHOWN, "model_name_shown": True}})
    assert flagged(dossier, status=status, submitted_on=date(2026, 4, 1)) == [("DDL-06", AT_LAUNCH)]
    assert flagged(dossier, status="filed", submitted_on=date(2026, 4, 1)) == []


def test_ddl06_needs_a_public_service():
    assert flagged(a_dossier("generative", {**LAUNCHED, "/service/public": False})) == [("RTE-03", "/service/public")]
    assert flagged(a_dossier("generative", {**LAUNCHED, "/service/public": None})) == [("SRV-10", "/service/public")]


def test_ddl06_does_not_require_opinion_capacity():
    dossier = a_dossier("generative", {**LAUNCHED, "/service/opinion_capacity": False})
    assert flagged(dossier) == [("DDL-06", AT_LAUNCH)]


@pytest.mark.parametrize(("kind", "action"), AMENDMENTS)
def test_ddl06_applies_to_initial_filings_only(kind, action):
    assert flagged(amending(kind, action, LAUNCHED)) == []


# At the ends of the calendar, and from day to day
@pytest.mark.parametrize(
    ("kind", "launched_on", "day", "rules"),
    [
        ("algorithm", "0001-01-01", "2026-11-20", ["DDL-01"]),
        ("generative", "0001-01-01", "2026-11-20", ["DDL-06"]),
        ("algorithm", "9999-12-31", "9999-12-31", ["DDL-05"]),
        ("generative", "9999-12-31", "9999-12-31", []),
    ],
)
def test_extreme_days_are_judged_like_others(kind, launched_on, day, rules):
    assert [rule for rule, _ in flagged(a_dossier(kind, {AT_LAUNCH: launched_on}), on=day)] == rules


@pytest.mark.parametrize(
    "dossier",
    [
        a_dossier("algorithm", LAUNCHED),
        a_dossier("generative", LAUNCHED),
        amending("algorithm", "change", OCCURRED),
        amending("generative", "cancellation", OCCURRED),
    ],
)
def test_a_change_by_itself_is_announced_the_day_before(dossier):
    days = [date(2026, 4, 20) + timedelta(days=n) for n in range(60)]
    for before, after in pairwise(days):
        if flagged_in_full(dossier, on=str(before)) != flagged_in_full(dossier, on=str(after)):
            assert judged(dossier, on=str(before)).look_again_on == after


def test_ddl01_does_not_count_a_withdrawn_filings_own_submission():
    dossier = a_dossier("algorithm", {"/service/launched_on": "2026-04-30"})
    facts = {"status": "withdrawn", "first_submitted_on": date(2026, 5, 18)}
    assert flagged(dossier, **facts) == [("DDL-01", "/service/launched_on")]
