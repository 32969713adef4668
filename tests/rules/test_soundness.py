"""`manage.py check` rejects a catalog with faults."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from django.core.checks import run_checks

from compliance.language import Bilingual
from compliance.rules.catalog import CATALOG
from compliance.rules.examples import EXAMPLES
from compliance.rules.soundness import faults_of_catalog
from compliance.rules.thresholds import Step, Threshold, thresholds

RULE = CATALOG["COR-05"]
SOUND = Threshold("items, at least", (Step(date(2024, 2, 29), 1, "T03"), Step(date(2025, 11, 1), 2, "GB4")))


def faults(*rules, figures=None, examples=("COR-05",)):
    return list(faults_of_catalog(rules, figures or {}, examples))


def test_the_catalog_is_sound():
    assert run_checks() == []
    assert list(faults_of_catalog(CATALOG, dict(thresholds()), EXAMPLES)) == []
    assert len(dict(thresholds())) > 30


def test_a_sound_rule_and_a_sound_threshold_raise_nothing():
    assert faults(RULE, figures={"SOUND": SOUND}) == []


@pytest.mark.parametrize(
    ("spoiled", "fault"),
    [
        (replace(RULE, title=Bilingual("Title", "")), "COR-05, title has no text in zh."),
        (replace(RULE, why=Bilingual(" ", "理由")), "COR-05, why has no text in en."),
        (
            replace(RULE, messages=MappingProxyType({"too_low": Bilingual("low", "")})),
            "COR-05, too_low has no text in zh.",
        ),
        (replace(RULE, cites=("XYZ 3",)), "COR-05 cites XYZ 3, which is not a known instrument."),
        (replace(RULE, cites=()), "COR-05 cites nothing."),
        (replace(RULE, since=date(2026, 1, 1)), "COR-05 ends before it starts."),
    ],
)
def test_an_unsound_rule_is_reported(spoiled, fault):
    assert faults(spoiled) == [fault]


def test_a_duplicate_code_is_reported():
    assert faults(RULE, RULE) == ["COR-05 is declared 2 times; a code must be unique."]


def test_a_rule_without_examples_is_reported():
    assert faults(RULE, examples=()) == ["COR-05 has no failing and passing example."]


@pytest.mark.parametrize(
    ("threshold", "fault"),
    [
        (replace(SOUND, steps=()), "The threshold FIGURE has no figure."),
        (replace(SOUND, unit=" "), "The threshold FIGURE has no unit."),
        (
            replace(SOUND, steps=(Step(date(2024, 2, 29), 1, ""),)),
            "The threshold FIGURE has a figure without a source, from 2024-02-29.",
        ),
        (
            replace(SOUND, steps=SOUND.steps[::-1]),
            "The figures of the threshold FIGURE are not in chronological order.",
        ),
    ],
)
def test_an_unsound_threshold_is_reported(threshold, fault):
    assert faults(RULE, figures={"FIGURE": threshold}) == [fault]
