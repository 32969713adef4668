"""Two days compared: what a filing needs on one of them and not on the other."""

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
    What changes from one day to another: findings that are new on the second, that are gone on it, and that say something
    else there (as on the second).
    """

    first: date
    second: date
    new: list[Finding]
    gone: list[Finding]
    changed: list[Finding]

    def only(self, counts: Callable[[Finding], bool]) -> Comparison:
        """Return the same with the findings that count."""
        parts = (self.new, self.gone, self.changed)
        new, gone, changed = ([finding for finding in part if counts(finding)] for part in parts)
        return Comparison(self.first, self.second, new, gone, changed)


def as_of(dossier: Dossier, facts: Facts, *, today: date) -> Outcome:
    """Judge a filing as if it were submitted on a day, whenever it was: what would it have needed then?"""
    return evaluate(dossier, replace(facts, submitted_on=None), today=today)


def compared(dossier: Dossier, facts: Facts, first: date, second: date) -> Comparison:
    """Compare what a filing needs on two days."""
    before = {finding.identity: finding for finding in as_of(dossier, facts, today=first).findings}
    after = {finding.identity: finding for finding in as_of(dossier, facts, today=second).findings}
    return Comparison(
        first,
        second,
        new=[finding for identity, finding in after.items() if identity not in before],
        gone=[finding for identity, finding in before.items() if identity not in after],
        changed=[finding for identity, finding in after.items() if identity in before and before[identity] != finding],
    )
