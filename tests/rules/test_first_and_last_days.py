"""Every rule starts and ends on its day: silent the day before, raised on the day itself, silent once it ended."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from compliance.dossier.parsing import parse
from compliance.rules.catalog import ASSESSMENT_DAY, CATALOG
from compliance.rules.evaluation import evaluate
from compliance.rules.examples import EXAMPLES
from compliance.rules.families import ALL_FAMILIES

assert ALL_FAMILIES
DAY = timedelta(days=1)
# Their examples depend on days that cannot be moved with the day of judgment; test_days_in_force tests them.
ON_DAYS_OF_THEIR_OWN = {"SRV-06", "DDL-01", "DDL-02", "DDL-03", "DDL-04", "DDL-05", "DDL-06", "DDL-07"}
MOVABLE = [rule for rule in CATALOG if rule.code not in ON_DAYS_OF_THEIR_OWN]


def is_raised(code: str, day: date) -> bool:
    """Return whether a rule flags its failing example on a day, which is also the day of its assessment."""
    example = EXAMPLES[code]
    document = example.failing_document
    if document.get("assessment") and CATALOG[code].judged_on == ASSESSMENT_DAY:
        document["assessment"]["assessed_on"] = day.isoformat()
        move_updates(code, document["assessment"], day)
    findings = evaluate(parse(json.dumps(document).encode()).dossier, example.facts, today=day).findings
    return code in {finding.rule for finding in findings}


def move_updates(code, assessment, day):
    """Move the updates along, so that a bank that was too old remains so."""
    if code in ("KW-04", "TB-04", "TB-05"):
        name = {"KW-04": "keywords", "TB-04": "questions", "TB-05": "refusal_questions"}[code]
        assessment[name]["updated_on"] = (day - timedelta(days=40)).isoformat()
    if code == "AS-02":
        assessment["standard"] = "TC260-003-2024" if day >= date(2025, 11, 1) else "GB/T 45654-2025"


@pytest.mark.parametrize("rule", [rule for rule in MOVABLE if rule.since], ids=lambda rule: rule.code)
def test_a_rule_begins_on_its_day(rule):
    assert (is_raised(rule.code, rule.since - DAY), is_raised(rule.code, rule.since)) == (False, True)


@pytest.mark.parametrize("rule", [rule for rule in MOVABLE if rule.until], ids=lambda rule: rule.code)
def test_a_rule_ends_on_its_day(rule):
    assert (is_raised(rule.code, rule.until - DAY), is_raised(rule.code, rule.until)) == (True, False)


@pytest.mark.parametrize("rule", [rule for rule in MOVABLE if not rule.since], ids=lambda rule: rule.code)
def test_a_rule_without_a_first_day_is_raised_long_ago(rule):
    if rule.code == "NUM-02":
        return  # the year in a number must not be in the future; see test_days_in_force
    assert is_raised(rule.code, date(2015, 6, 1))


def test_the_rules_that_ended_are_those_of_the_old_standard():
    assert {rule.code for rule in CATALOG if rule.until} == {"PRO-03", "COR-03", "COR-05", "COR-07"}


@pytest.mark.parametrize(
    ("old", "new"), [("PRO-03", "PRO-04"), ("COR-03", "COR-04"), ("COR-05", "COR-06"), ("COR-07", "COR-08")]
)
def test_a_rule_and_its_successor_are_never_raised_together(old, new):
    for day in (date(2024, 2, 28), date(2024, 2, 29), date(2025, 10, 31), date(2025, 11, 1)):
        assert (is_raised(old, day), is_raised(new, day)) == (
            date(2024, 2, 29) <= day < date(2025, 11, 1),
            day >= date(2025, 11, 1),
        )
