"""Validation of the catalog: every text in both languages, every figure with its source, every rule with examples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from compliance.dossier.codes import ACTIONS, KINDS
from compliance.language import LANGUAGES, Bilingual
from compliance.rules.catalog import Rule
from compliance.rules.instruments import INSTRUMENTS
from compliance.rules.thresholds import Threshold

_PLACEHOLDERS = re.compile(r"\{(\w+)\}")


def faults_of_catalog(
    rules: Iterable[Rule], thresholds: Mapping[str, Threshold], examples: Iterable[str]
) -> Iterator[str]:
    """Yield the faults of a catalog, one English sentence each."""
    listed, shown = list(rules), set(examples)
    codes = [rule.code for rule in listed]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield f"{code} is declared {codes.count(code)} times; a code must be unique."
    for rule in listed:
        yield from _faults_of_rule(rule)
        if rule.code not in shown:
            yield f"{rule.code} has no failing and passing example."
    for code in sorted(shown - set(codes)):
        yield f"There are examples of {code}, which is not a rule."
    for name, threshold in thresholds.items():
        yield from _faults_of_threshold(name, threshold)


def _faults_of_rule(rule: Rule) -> Iterator[str]:
    texts = {"title": rule.title, "duty": rule.duty, "why": rule.why, "fix": rule.fix, **rule.messages}
    for name, text in texts.items():
        yield from _faults_of_text(f"{rule.code}, {name}", text)
    if not rule.kinds or rule.kinds - set(KINDS) or rule.actions - set(ACTIONS) or not rule.actions:
        yield f"{rule.code} applies to no known kind or action of filing."
    for citation in rule.cites:
        if citation.split(" ", 1)[0] not in INSTRUMENTS:
            yield f"{rule.code} cites {citation}, which is not a known instrument."
    if not rule.cites:
        yield f"{rule.code} cites nothing."
    if rule.since and rule.until and rule.since >= rule.until:
        yield f"{rule.code} ends before it starts."


def _faults_of_text(name: str, text: Bilingual) -> Iterator[str]:
    for language in LANGUAGES:
        if not text.in_(language).strip():
            yield f"{name} has no text in {language}."
    if set(_PLACEHOLDERS.findall(text.en)) != set(_PLACEHOLDERS.findall(text.zh)):
        yield f"{name} has different placeholders in Chinese and in English."


def _faults_of_threshold(name: str, threshold: Threshold) -> Iterator[str]:
    if not threshold.steps:
        yield f"The threshold {name} has no figure."
    if not threshold.unit.strip():
        yield f"The threshold {name} has no unit."
    for step in threshold.steps:
        if step.source.split(" ", 1)[0] not in INSTRUMENTS:
            yield f"The threshold {name} has a figure without a source, from {step.since}."
    days = [step.since for step in threshold.steps]
    if days != sorted(set(days)):
        yield f"The figures of the threshold {name} are not in chronological order."
