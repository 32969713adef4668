"""What a kind asks for is what its rules look at."""

from __future__ import annotations

from datetime import date

import pytest

from compliance.forms.guidance import guidance_of
from compliance.forms.sections import sections_of
from compliance.rules.catalog import CATALOG

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("kind", "action", "paths"),
    [
        ("algorithm", "initial", ["filing", "applicant", "service", "algorithm", "labeling", "documents"]),
        (
            "generative",
            "initial",
            ["filing", "applicant", "service", "algorithm", "assessment", "banks", "labeling", "documents"],
        ),
        ("registration", "initial", ["filing", "applicant", "service", "banks", "labeling", "documents"]),
        ("algorithm", "cancellation", ["filing", "applicant", "service", "documents"]),
    ],
)
def test_only_what_the_kind_asks_for_is_shown(kind: str, action: str, paths: list[str]) -> None:
    document = {"kind": kind, "action": action, "applicant": {}, "service": {"name": "x"}}
    assert [section.path for section in sections_of(document, DAY) if section.is_asked] == paths


@pytest.mark.parametrize(("day", "code"), [(date(2025, 10, 31), "COR-05"), (date(2025, 11, 1), "COR-06")])
def test_a_field_names_the_rule_in_force_that_flags_it(day: date, code: str) -> None:
    rules = guidance_of("generative", "initial", day).rules_at("/models/3/corpora/1/manual_sample/size")
    assert [rule.code for rule in rules] == [code]


def test_a_rule_that_has_ended_asks_for_nothing() -> None:
    ended = {rule.code for rule in CATALOG if rule.until and rule.until <= DAY}
    guidance = guidance_of("generative", "initial", DAY)
    assert ended
    assert not ended & {rule.code for rules in guidance.rules.values() for rule in rules}


@pytest.mark.parametrize("kind", ["algorithm", "generative", "registration"])
def test_every_rule_of_a_kind_concerns_a_field(kind: str) -> None:
    guidance = guidance_of(kind, "initial", DAY)
    concerned = {rule.code for rules in guidance.rules.values() for rule in rules}
    assert {rule.code for rule in CATALOG.judging(kind, "initial") if rule.is_in_force(DAY)} == concerned
