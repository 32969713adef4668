"""Every rule begins on its day and ends on its day: silent the day before, speaking on the day itself, silent once it ended."""

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
# Their examples hang on days that cannot be moved with the day of judgment; test_days_in_force holds them.
ON_DAYS_OF_THEIR_OWN = {"SRV-06", "DDL-01", "DDL-02", "DDL-03", "DDL-04", "DDL-05", "DDL-06", "DDL-07"}
MOVABLE = [rule for rule in CATALOG if rule.code not in ON_DAYS_OF_THEIR_OWN]


def speaks(code: str, day: date) -> bool:
    """Whether the failing example of a rule is flagged by it on a day, on which it is assessed too."""
    example = EXAMPLES[code]
    document = example.failing_document
    if document.get("assessment") and CATALOG[code].judged_on == ASSESSMENT_DAY:
        document["assessment"]["assessed_on"] = day.isoformat()
        move_updates(code, document["assessment"], day)
    findings = evaluate(parse(json.dumps(document).encode()).dossier, example.facts, today=day).findings
    return code in {finding.rule for finding in findings}


def move_updates(code, assessment, day):
    """A bank that was updated too long ago stays so."""
    if code in ("KW-04", "TB-04", "TB-05"):
        name = {"KW-04": "keywords", "TB-04": "questions", "TB-05": "refusal_questions"}[code]
        assessment[name]["updated_on"] = (day - timedelta(days=40)).isoformat()
    if code == "AS-02":
        assessment["standard"] = "TC260-003-2024" if day >= date(2025, 11, 1) else "GB/T 45654-2025"


@pytest.mark.parametrize("rule", [rule for rule in MOVABLE if rule.since], ids=lambda rule: rule.code)
def test_a_rule_begins_on_its_day(rule):
    assert (speaks(rule.code, rule.since - DAY), speaks(rule.code, rule.since)) == (False, True)


@pytest.mark.parametrize("rule", [rule for rule in MOVABLE if rule.until], ids=lambda rule: rule.code)
def test_a_rule_ends_on_its_day(rule):
    assert (speaks(rule.code, rule.until - DAY), speaks(rule.code, rule.until)) == (True, False)


@pytest.mark.parametrize("rule", [rule for rule in MOVABLE if not rule.since], ids=lambda rule: rule.code)
def test_a_rule_without_a_first_day_speaks_long_ago(rule):
    if rule.code == "NUM-02":
        return  # the year in a number must have begun; test_days_in_force
    assert speaks(rule.code, date(2015, 6, 1))


def test_the_rules_that_ended_are_those_of_the_old_standard():
    assert {rule.code for rule in CATALOG if rule.until} == {"PRO-03", "COR-03", "COR-05", "COR-07"}


@pytest.mark.parametrize(
    ("old", "new"), [("PRO-03", "PRO-04"), ("COR-03", "COR-04"), ("COR-05", "COR-06"), ("COR-07", "COR-08")]
)
def test_of_a_rule_and_its_successor_one_speaks_at_a_time(old, new):
    for day in (date(2024, 2, 28), date(2024, 2, 29), date(2025, 10, 31), date(2025, 11, 1)):
        assert (speaks(old, day), speaks(new, day)) == (
            date(2024, 2, 29) <= day < date(2025, 11, 1),
            day >= date(2025, 11, 1),
        )
