"""
The pipeline from the statements of sources to what the register shows.

    apply → identify the records → lock once → write what differs → derive once → announce

Each step uses the results of the steps before it and never calls them. Nothing is derived twice in one change.
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
    Apply one change to a source: replace its statements (`statements`), publish it (`is_public=True`), withdraw it
    (`is_live=False`), or several of these. The number, if any, then covers what the source declares. The source is saved.
    """
    coverages = [Coverage(number, source)] if number else []
    apply_all([Change(source, statements, is_live, is_public)], coverages)


@transaction.atomic(savepoint=False)
def apply_all(changes: Sequence[Change], coverages: Sequence[Coverage] = ()) -> None:
    """Apply changes to many sources and numbers at once, such as a list of ten thousand rows or a thousand filings."""
    records, scope, changed = _identify_and_lock(changes, coverages)
    # Statements that are not public do not change the public edges.
    is_public = any(not change.stays_private for change in changes) or bool(coverages)
    before = edges_walked_by_all(changed) if is_public else set()
    write(changes, coverages, records)
    after = derive(changed, scope.services)
    _announce(scope, changed, before, after if is_public else before, {coverage.number.key for coverage in coverages})


@transaction.atomic(savepoint=False)
def rederive(
    models: Collection[int], services: Collection[int] = (), *, numbers: Iterable[str] = (), has_merged: bool = False
) -> None:
    """
    Derive models and services again after a change that is already written: a registrar corrected or merged models, or
    the status of official numbers, given by their keys, changed.
    """
    scope = Scope(set(models), set(services), covered=set(models))
    changed = lock(scope.models, scope.services, changed_among=set)
    before = edges_walked_by_all(changed)
    after = derive(changed, scope.services)
    _announce(scope, changed, before, after, set(numbers))
    if has_merged and not numbers:
        numbers_changed.send(OfficialNumber, numbers=set(), models=scope.covered)


def _identify_and_lock(changes: Sequence[Change], coverages: Sequence[Coverage]) -> tuple[Records, Scope, set[int]]:
    """Return the records, the scope of the change, and the models to derive again. All of them are locked."""
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
    """Send the signals of the register, in the transaction of the change."""
    if numbers:
        numbers_changed.send(OfficialNumber, numbers=numbers, models=scope.covered)
    if before != after:
        lineage_changed.send(AIModel, models=changed)
