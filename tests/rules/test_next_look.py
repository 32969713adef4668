"""Between today and the day to look again, nothing changes by itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.rules.context import Facts, FilingFact
from compliance.rules.evaluation import evaluate
from tests.building import a_dossier

DAYS = st.dates(date(2021, 12, 1), date(2027, 6, 30))
MAYBE = st.none() | DAYS


def written(day: date | None) -> str | None:
    return day.isoformat() if day else None


@st.composite
def cases(draw) -> tuple:
    kind = draw(st.sampled_from(["algorithm", "generative", "registration"]))
    action = draw(st.sampled_from([None, "initial", "change", "cancellation"]))
    changes = {
        "/action": action,
        "/occurred_on": written(draw(MAYBE)),
        "/service/launched_on": written(draw(MAYBE)),
        "/service/algorithm_filing_number": draw(
            st.sampled_from([None, "x", "网信算备440305000000201260003号", "网信算备440305000000201270001号"])
        ),
        "/service/opinion_capacity": draw(st.sampled_from([None, True, False])),
    }
    submitted_on = draw(MAYBE)
    facts = Facts(
        status=draw(st.sampled_from(["submitted", "filed"])) if submitted_on else "draft",
        submitted_on=submitted_on,
        first_submitted_on=submitted_on,
        other_filings=draw(
            st.sampled_from([None, (), (FilingFact("algorithm", "rejected", "样例问答", date(2026, 3, 2)),)])
        ),
    )
    return a_dossier(kind, changes), facts


@given(case=cases(), today=DAYS)
@settings(max_examples=400, deadline=None)
def test_nothing_changes_before_the_day_to_look_again(case, today):
    assert_nothing_changes_before(case, today)


def assert_nothing_changes_before(case, today):
    dossier, facts = case
    outcome = evaluate(dossier, facts, today=today)
    last = min(outcome.look_again_on or date.max, today + timedelta(days=400))
    for step in {1, 2, 3, 7, 30, (last - today).days - 1}:
        day = today + timedelta(days=step)
        if today < day < last:
            assert evaluate(dossier, facts, today=day).findings == outcome.findings


@given(case=cases(), today=st.dates(date(2022, 1, 1), date(2030, 12, 31)))
@settings(max_examples=200, deadline=None)
def test_the_same_arguments_give_the_same_outcome(case, today):
    dossier, facts = case
    assert evaluate(dossier, facts, today=today) == evaluate(dossier, facts, today=today)


@pytest.mark.full
@given(case=cases(), today=DAYS)
@settings(max_examples=20_000, deadline=None)
def test_nothing_changes_before_the_day_to_look_again_for_many_filings(case, today):
    assert_nothing_changes_before(case, today)
