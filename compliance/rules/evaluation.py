"""Evaluation of a dossier by all applicable rules, each on its relevant date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any

from compliance.dossier.schema import Dossier
from compliance.rules.catalog import CATALOG, INITIAL, JudgedOn, Rule
from compliance.rules.context import A_FILE_ON_ITS_OWN, Clock, Context, Facts
from compliance.rules.families import ALL_FAMILIES
from compliance.rules.problems import Finding

assert ALL_FAMILIES  # importing the families fills the catalog

# More problems of one rule in one dossier are reported only once these are fixed.
MAX_GAPS_PER_RULE = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """The findings of one evaluation, and the next date on which they can change by themselves (None: never)."""

    findings: list[Finding]
    look_again_on: date | None


def evaluate(dossier: Dossier, facts: Facts = A_FILE_ON_ITS_OWN, *, today: date) -> Outcome:
    """Evaluate a dossier as of today. The same arguments always give the same outcome."""
    clock = Clock(today)
    clocks = _clocks(dossier, facts, clock)
    cache: dict[str, Any] = {}
    contexts = [Context(facts, each, cache) for each in clocks]
    kind, action = dossier.kind, dossier.action or INITIAL
    findings: list[Finding] = []
    for rule, place in _rules_on(kind, action, *(each.day for each in clocks)):
        for problem in islice(rule.condition(dossier, contexts[place]), MAX_GAPS_PER_RULE):
            level = problem.level or rule.level
            findings.append(Finding(rule.code, level, problem.variant, problem.at, problem.values))
    for judged_on, each in zip(JudgedOn, clocks, strict=True):
        if each is clock and (change := _next_change(kind, action, judged_on, today)):
            clock.has_reached(change)
    return Outcome(findings, clock.next_change_on)


def _clocks(dossier: Dossier, facts: Facts, today: Clock) -> tuple[Clock, Clock, Clock]:
    """
    Return the clocks of the submission day, the assessment day and today. A date that is fixed by the filing gets a clock
    of its own, whose future dates of change are ignored.
    """
    submission = Clock(facts.submitted_on) if facts.submitted_on else today
    assessed_on = dossier.assessment.assessed_on if dossier.assessment else None
    return submission, Clock(assessed_on) if assessed_on else submission, today


@lru_cache(maxsize=4096)
def _rules_on(kind: str, action: str, submission: date, assessment: date, today: date) -> tuple[tuple[Rule, int], ...]:
    """Return the rules in force, each with the index of its clock."""
    days, places = (submission, assessment, today), {judged_on: i for i, judged_on in enumerate(JudgedOn)}
    placed = [(rule, places[rule.judged_on]) for rule in CATALOG.judging(kind, action)]
    return tuple((rule, place) for rule, place in placed if rule.is_in_force(days[place]))


@lru_cache(maxsize=4096)
def _next_change(kind: str, action: str, judged_on: JudgedOn, after: date) -> date | None:
    rules = [rule for rule in CATALOG.judging(kind, action) if rule.judged_on is judged_on]
    days = [day for rule in rules for day in (rule.since, rule.until) if day and day > after]
    return min(days, default=None)
