"""The failing and the passing example of every rule, as shown on the pages of the rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from compliance.dossier.parsing import parse
from compliance.rules.evaluation import evaluate
from compliance.rules.examples import EXAMPLES
from compliance.rules.examples.making import COMPLETE
from tests.building import example

RULES = [rule["id"] for rule in yaml.safe_load((Path(__file__).parent.parent / "rulebook.yaml").read_text())["rules"]]


def found(document, facts, day):
    dossier = parse(json.dumps(document).encode()).dossier
    return [finding.rule for finding in evaluate(dossier, facts, today=day).findings]


def test_every_rule_of_the_rulebook_has_an_example():
    assert sorted(EXAMPLES) == sorted(RULES)


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_failing_example_raises_its_rule_alone(code):
    it = EXAMPLES[code]
    assert set(found(it.failing_document, it.facts, it.on)) == {code} | it.beside


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_passing_example_raises_nothing(code):
    it = EXAMPLES[code]
    assert found(it.passing_document, it.passing_facts or it.facts, it.on) == []


@pytest.mark.parametrize("path", sorted(COMPLETE.glob("*.json")), ids=lambda path: path.stem)
def test_the_complete_dossiers_are_those_of_the_contract(path):
    assert path.read_bytes() == example(path.stem)
