"""DDL-03, DDL-04, DDL-07: the deadlines that depend on the status of a filing."""

from __future__ import annotations

from datetime import date

import pytest

from tests.building import a_dossier, flagged_in_full, judged
from tests.rules.amending import KINDS

# 20 working days after 2026-06-01 end on 2026-06-30 (the Dragon Boat Festival, 19 June, is off); 30 end on 07-14.
ENDED_ON, LAST_DAY, DAY_AFTER = "2026-06-01", "2026-06-30", "2026-07-01"
SHOWN = {
    "/service/display": {
        "number_shown_at": "https://sample.example/n",
        "public_record_link": "https://beian.cac.gov.cn/1",
        "model_name_shown": True,
    }
}
FILED = {"status": "filed", "submitted_on": date(2026, 3, 2), "first_submitted_on": date(2026, 3, 2)}


def terminated(kind):
    return a_dossier(kind, {**SHOWN, "/service/terminated_on": ENDED_ON, "/service/launched_on": "2026-03-02"})


def of_rule(rule, dossier, **asked):
    return [each for each in flagged_in_full(dossier, **asked) if each[0] == rule]


@pytest.mark.parametrize("kind", KINDS)
def test_ddl03_is_raised_from_the_day_after_the_twentieth_working_day(kind):
    level = "error" if kind == "algorithm" else "warning"
    assert of_rule("DDL-03", terminated(kind), on=LAST_DAY, **FILED) == []
    assert of_rule("DDL-03", terminated(kind), on=DAY_AFTER, **FILED) == [
        ("DDL-03", "/service/terminated_on", level, "overdue")
    ]


def test_ddl03_is_met_by_a_submitted_cancellation():
    assert of_rule("DDL-03", terminated("algorithm"), on=DAY_AFTER, **FILED, has_cancellation=True) == []


@pytest.mark.parametrize("status", ["draft", "submitted", "suspended"])
def test_ddl03_applies_to_filed_filings_only(status):
    assert of_rule("DDL-03", terminated("algorithm"), on=DAY_AFTER, **{**FILED, "status": status}) == []


def test_ddl03_sets_the_day_to_look_again():
    assert judged(terminated("algorithm"), on="2026-06-20", **FILED).look_again_on == date(2026, 7, 1)


@pytest.mark.parametrize("status", ["accepted", "provincial_review", "national_review"])
def test_ddl04_is_raised_from_the_day_after_the_thirtieth_working_day(status):
    facts = {"status": status, "submitted_on": date(2026, 6, 1), "accepted_on": date(2026, 6, 1)}
    dossier = a_dossier("algorithm", {"/service/launched_on": None})
    assert of_rule("DDL-04", dossier, on="2026-07-14", **facts) == []
    assert of_rule("DDL-04", dossier, on="2026-07-15", **facts) == [("DDL-04", "", "info", "overdue")]


@pytest.mark.parametrize(
    ("kind", "status"), [("generative", "accepted"), ("algorithm", "filed"), ("algorithm", "returned")]
)
def test_ddl04_applies_only_to_algorithm_filings_under_review(kind, status):
    facts = {"status": status, "submitted_on": date(2026, 6, 1), "accepted_on": date(2026, 6, 1)}
    assert of_rule("DDL-04", a_dossier(kind), on="2026-10-30", **facts) == []


@pytest.mark.parametrize("kind", KINDS)
def test_ddl07_is_raised_from_the_day_after_the_fifteenth_working_day(kind):
    facts = {"status": "returned", "returned_on": date(2026, 6, 1)}
    dossier = a_dossier(kind, {"/service/launched_on": None})
    assert of_rule("DDL-07", dossier, on="2026-06-23", **facts) == []
    assert of_rule("DDL-07", dossier, on="2026-06-24", **facts) == [("DDL-07", "", "warning", "overdue")]


@pytest.mark.parametrize("status", ["submitted", "draft", "withdrawn"])
def test_ddl07_ends_with_the_next_submission(status):
    facts = {"status": status, "returned_on": date(2026, 6, 1)}
    assert of_rule("DDL-07", a_dossier("algorithm"), on="2026-09-30", **facts) == []


def test_a_deadline_in_an_unconfirmed_year_is_flagged_by_ddl05():
    facts = {"status": "returned", "returned_on": date(2027, 3, 1)}
    found = flagged_in_full(a_dossier("algorithm", {"/service/launched_on": None}), on="2027-06-01", **facts)
    assert found == [("DDL-05", "", "warning", "unconfirmed")]


def test_ddl06_does_not_flag_a_suspended_service_as_never_filed():
    dossier = a_dossier("generative", {**SHOWN, "/service/launched_on": "2026-07-01"})
    assert of_rule("DDL-06", dossier, on="2026-11-20", **{**FILED, "status": "suspended"}) == []
    assert of_rule("DDL-06", dossier, on="2026-11-20", **{**FILED, "status": "submitted"}) != []
