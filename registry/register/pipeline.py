"""
The register as a pipeline: what sources state goes in, what the register shows comes out. Read from top to bottom.

    apply → identify the records → lock once → write what differs → derive once → announce

Each step takes what the steps before it return; none calls one before it, and nothing is derived twice in a change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import partial

from django.db import transaction

from registry.models import AIModel, OfficialNumber, Source
from registry.register.changes import Change, Coverage
from registry.register.deriving import derive
from registry.register.edges_in_force import Edges, edges_walked_by_all
from registry.register.identities import Records, identify
from registry.register.locking import MergedMeanwhile, lock
from registry.register.scope import Scope, changed_among, scope_of
from registry.register.statements import Statement
from registry.register.writing import write
from registry.signals import lineage_changed, numbers_changed


def apply(
    source: Source,
    statements: Sequence[Statement] | None = None,
    *,
    is_live: bool | None = None,
    is_public: bool | None = None,
    number: OfficialNumber | None = None,
) -> None:
    """
    Apply one change: state (`statements`), publish (`is_public=True`), withdraw (`is_live=False`), or all at once; the
    number, if any, covers from now on what the source states. The source is saved with it.
    """
    coverages = [Coverage(number, source)] if number else []
    apply_all([Change(source, statements, is_live, is_public)], coverages)


@transaction.atomic(savepoint=False)
def apply_all(changes: Sequence[Change], coverages: Sequence[Coverage] = ()) -> None:
    """The same for many sources and numbers at once: a list of ten thousand rows, or a thousand filings."""
    records, scope, changed = _identify_and_lock(changes, coverages)
    # What is not public moves no edge that everybody walks.
    loud = set() if all(change.is_quiet for change in changes) and not coverages else changed
    before = edges_walked_by_all(loud)
    write(changes, coverages, records)
    after = derive(changed, scope.services)
    _announce(scope, changed, before, after if loud else before, {coverage.number.key for coverage in coverages})


@transaction.atomic(savepoint=False)
def rederive(
    models: Collection[int], services: Collection[int] = (), *, numbers: Iterable[str] = (), has_merged: bool = False
) -> None:
    """
    Derive models and services again after a change that is written already: a registrar has corrected or merged models,
    or numbers, given by their keys, have moved to another status.
    """
    scope = Scope(set(models), set(services), covered=set(models))
    changed = lock(scope.models, scope.services, changed_among=set)
    before = edges_walked_by_all(changed)
    after = derive(changed, scope.services)
    _announce(scope, changed, before, after, set(numbers))
    if has_merged and not numbers:
        numbers_changed.send(OfficialNumber, numbers=set(), models=scope.covered)


def _identify_and_lock(changes: Sequence[Change], coverages: Sequence[Coverage]) -> tuple[Records, Scope, set[int]]:
    """Which records are meant, what hangs on the change, and the models of it that are derived again; all are locked."""
    while True:
        records = identify(changes, coverages)
        scope = scope_of(changes, coverages, records)
        try:
            changed = lock(
                scope.models, scope.services, changed_among=partial(changed_among, scope), refuse_merged=True
            )
        except MergedMeanwhile:
            continue
        return records, scope, changed


def _announce(scope: Scope, changed: set[int], before: Edges, after: Edges, numbers: set[str]) -> None:
    """Tell whoever depends on the register, in the transaction of the change."""
    if numbers:
        numbers_changed.send(OfficialNumber, numbers=numbers, models=scope.covered)
    if before != after:
        lineage_changed.send(AIModel, models=changed)
