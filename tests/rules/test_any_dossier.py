"""Any well-formed dossier is evaluated without an exception, on any day, twice the same, with bilingual messages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.attachments.contents import Bank, Contents, Credential, UnknownClass, Unreadable
from compliance.rules.comparing import compared
from compliance.rules.context import Evidence, Facts, FilingFact
from compliance.rules.evaluation import evaluate
from compliance.rules.wording import describe
from tests.building import a_document
from tests.rules.random_dossiers import any_dossier, nearly_complete_dossier

DAYS = st.dates(date(2022, 1, 1), date(2030, 12, 31))
MAYBE = st.none() | st.dates(date(2021, 12, 1), date(2027, 6, 30))
HASHES = ["0" * 64, *(entry["sha256"] for entry in a_document("generative")["documents"])]
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]
DOSSIERS = any_dossier() | nearly_complete_dossier()
BANKS = st.dictionaries(
    st.sampled_from(["keywords", "questions", "refusal_questions", "non_refusal_questions"]),
    st.builds(
        Bank,
        total=st.integers(0, 20_000),
        by_class=st.dictionaries(st.sampled_from(["A.1.a", "A.5.b", "heroes"]), st.integers(0, 300)),
        answered=st.integers(0, 2_000),
        passed=st.integers(0, 2_000),
    ),
)
CONTENTS = st.builds(
    Contents,
    is_table=st.booleans(),
    banks=BANKS,
    unknown_classes=st.just(()) | st.just((UnknownClass(sheet="表", row=2, value="x"),)),
    unreadable=st.none() | st.just(Unreadable(code="encrypted")),
    credentials=st.just(()) | st.just((Credential(kind="password", place="1", shown="密码:…"),)),
)


@st.composite
def facts(draw) -> Facts:
    submitted_on = draw(MAYBE)
    statuses = ["submitted", "accepted", "returned", "filed", "suspended", "national_review"]
    return Facts(
        status=draw(st.sampled_from(statuses)) if submitted_on else "draft",
        submitted_on=submitted_on,
        first_submitted_on=submitted_on,
        accepted_on=draw(MAYBE),
        returned_on=draw(MAYBE),
        other_filings=draw(
            st.sampled_from([None, (), (FilingFact("algorithm", "rejected", "样例问答", date(2026, 3, 2)),)])
        ),
        uploaded=draw(st.none() | st.frozensets(st.sampled_from(HASHES))),
        contents=draw(st.dictionaries(st.sampled_from(HASHES), CONTENTS, max_size=3)),
        number_status=draw(
            st.dictionaries(st.just("beijing-chatglm-20230821"), st.sampled_from(["filed", "revoked"]), max_size=1)
        ),
        numbers_of_models=draw(st.sampled_from([{}, {"/models/1": {"Beijing-ChatGLM-20230821": "cancelled"}}])),
        evidence=draw(st.sampled_from([{}, {"/models/0": (Evidence("structure", ("Llama-2-13B",)),)}])),
        has_cancellation=draw(st.booleans()),
    )


@given(dossier=DOSSIERS, facts=facts(), today=DAYS)
@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
def test_any_dossier_is_evaluated_twice_the_same(dossier, facts, today):
    assert_is_evaluated(dossier, facts, today)


@given(dossier=nearly_complete_dossier(), facts=facts(), today=DAYS)
@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
def test_nothing_changes_before_the_day_to_look_again(dossier, facts, today):
    assert_nothing_changes_before(dossier, facts, today)


@pytest.mark.full
@pytest.mark.timeout(7200)
@given(dossier=DOSSIERS, facts=facts(), today=DAYS)
@settings(max_examples=20_000, deadline=None, suppress_health_check=SLOW)
def test_very_many_dossiers_are_evaluated(dossier, facts, today):
    assert_is_evaluated(dossier, facts, today)
    assert_nothing_changes_before(dossier, facts, today)


def assert_is_evaluated(dossier, facts, today):
    outcome = evaluate(dossier, facts, today=today)
    assert outcome == evaluate(dossier, facts, today=today)
    assert len({finding.identity for finding in outcome.findings}) == len(outcome.findings)
    for finding in outcome.findings:
        for language in ("en", "zh"):
            assert describe(finding, language)["message"]
        assert len(finding.variant) <= 128


def assert_nothing_changes_before(dossier, facts, today):
    outcome = evaluate(dossier, facts, today=today)
    last = min(outcome.look_again_on or date.max, today + timedelta(days=500))
    assert last > today
    for step in {1, 2, 5, 9, 31, 200, (last - today).days - 1}:
        day = today + timedelta(days=step)
        if today < day < last:
            assert evaluate(dossier, facts, today=day).findings == outcome.findings


@given(dossier=nearly_complete_dossier(), facts=facts(), first=DAYS, second=DAYS)
@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
def test_a_comparison_is_the_difference_of_two_outcomes(dossier, facts, first, second):
    there, back = compared(dossier, facts, first, second), compared(dossier, facts, second, first)
    assert (there.new, there.gone) == (back.gone, back.new)
    assert {finding.identity for finding in there.changed} == {finding.identity for finding in back.changed}
    same = compared(dossier, facts, first, first)
    assert (same.new, same.gone, same.changed) == ([], [], [])
