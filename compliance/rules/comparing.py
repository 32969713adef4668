"""Comparison of the requirements for a filing on two dates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from compliance.dossier.schema import Dossier
from compliance.rules.context import Facts
from compliance.rules.evaluation import Outcome, evaluate
from compliance.rules.problems import Finding


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    The changes from one date to another: findings that are new on the second, gone on it, or different (as on the
    second).
    """

    first: date
    second: date
    new: list[Finding]
    gone: list[Finding]
    changed: list[Finding]

    def only(self, counts: Callable[[Finding], bool]) -> Comparison:
        """Return the comparison with only the findings for which `counts` is true."""
        parts = (self.new, self.gone, self.changed)
        new, gone, changed = ([finding for finding in part if counts(finding)] for part in parts)
        return Comparison(self.first, self.second, new, gone, changed)


def as_of(dossier: Dossier, facts: Facts, *, today: date) -> Outcome:
    """Evaluate a filing as if it were submitted on a date, whenever it was actually submitted."""
    return evaluate(dossier, replace(facts, submitted_on=None), today=today)


def compared(dossier: Dossier, facts: Facts, first: date, second: date) -> Comparison:
    """Compare the findings on a filing on two dates."""
    before = {finding.identity: finding for finding in as_of(dossier, facts, today=first).findings}
    after = {finding.identity: finding for finding in as_of(dossier, facts, today=second).findings}
    return Comparison(
        first,
        second,
        new=[finding for identity, finding in after.items() if identity not in before],
        gone=[finding for identity, finding in before.items() if identity not in after],
        changed=[finding for identity, finding in after.items() if identity in before and before[identity] != finding],
    )
