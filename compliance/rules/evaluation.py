"""Judging a dossier by every rule that looks at it, on the days that count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice

from compliance.dossier.schema import Dossier
from compliance.rules.catalog import ASSESSMENT_DAY, CATALOG, INITIAL, SUBMISSION_DAY, TODAY, JudgedOn, Rule
from compliance.rules.context import A_FILE_ON_ITS_OWN, Clock, Context, Facts
from compliance.rules.families import ALL_FAMILIES
from compliance.rules.problems import Finding

assert ALL_FAMILIES  # importing the families fills the catalog

# So many gaps of one rule are told of one dossier; whoever mends them is told the next.
GAPS_OF_A_RULE = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """The findings of one evaluation, and the next day on which they can change by themselves (None: never)."""

    findings: list[Finding]
    look_again_on: date | None


def evaluate(dossier: Dossier, facts: Facts = A_FILE_ON_ITS_OWN, *, today: date) -> Outcome:
    """Judge a dossier as of today. The same arguments always give the same outcome."""
    clock = Clock(today)
    clocks = _clocks(dossier, facts, clock)
    contexts = {judged_on: Context(facts, clocks[judged_on]) for judged_on in JudgedOn}
    rules = _rules_on(dossier.kind, dossier.action or INITIAL, *(clocks[judged_on].day for judged_on in JudgedOn))
    findings = [finding for rule in rules for finding in _findings(rule, dossier, contexts[rule.judged_on])]
    for judged_on in JudgedOn:
        if clocks[judged_on] is clock and (
            change := _next_change(dossier.kind, dossier.action or INITIAL, judged_on, today)
        ):
            clock.has_reached(change)
    return Outcome(findings, clock.next_change_on)


def _clocks(dossier: Dossier, facts: Facts, today: Clock) -> dict[JudgedOn, Clock]:
    """A day that is fixed by the filing gets a clock of its own, whose days to come change nothing."""
    law = Clock(facts.submitted_on) if facts.submitted_on else today
    assessed_on = dossier.assessment.assessed_on if dossier.assessment else None
    return {SUBMISSION_DAY: law, ASSESSMENT_DAY: Clock(assessed_on) if assessed_on else law, TODAY: today}


def _findings(rule: Rule, dossier: Dossier, context: Context) -> Iterator[Finding]:
    for problem in islice(rule.condition(dossier, context), GAPS_OF_A_RULE):
        yield Finding(rule.code, problem.level or rule.level, problem.variant, problem.at, problem.values)


@lru_cache(maxsize=4096)
def _rules_on(kind: str, action: str, submission: date, assessment: date, today: date) -> tuple[Rule, ...]:
    days = {SUBMISSION_DAY: submission, ASSESSMENT_DAY: assessment, TODAY: today}
    return tuple(rule for rule in CATALOG.judging(kind, action) if rule.is_in_force(days[rule.judged_on]))


@lru_cache(maxsize=4096)
def _next_change(kind: str, action: str, judged_on: JudgedOn, after: date) -> date | None:
    rules = [rule for rule in CATALOG.judging(kind, action) if rule.judged_on is judged_on]
    days = [day for rule in rules for day in (rule.since, rule.until) if day and day > after]
    return min(days, default=None)
