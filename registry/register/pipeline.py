"""
The pipeline from the statements of sources to what the register shows.

    apply → identify the records → lock once → write what differs → derive once → announce

Each step uses the results of the steps before it and never calls them. Nothing is derived twice in one change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from django.db import transaction

from registry.models import AIModel, OfficialNumber, Source
from registry.register.changes import Change, Coverage
from registry.register.deriving import derive
from registry.register.edges_in_force import Edge, declared_edges, public
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
    before = declared_edges(changed)
    write(changes, coverages, records)
    _derive_and_announce(scope, changed, before, {coverage.number.key for coverage in coverages})


@contextmanager
def rederiving(
    models: Collection[int],
    services: Collection[int] = (),
    *,
    numbers: Iterable[str] = (),
    has_merged: bool = False,
) -> Iterator[None]:
    """
    Lock models and services, let the caller change records or statements of them, and derive them again: a registrar
    corrects or merges models. What the caller changes is read after entering.
    """
    with transaction.atomic(savepoint=False):
        scope = Scope(set(models), set(services), covered=set(models))
        changed = lock(scope.models, scope.services, changed_among=set, merged_into={})
        before = declared_edges(changed)
        yield
        _derive_and_announce(scope, changed, before, set(numbers))
        if has_merged:
            numbers_changed.send(OfficialNumber, numbers=set(), models=scope.covered)


def rederive(models: Collection[int], services: Collection[int] = (), *, numbers: Iterable[str]) -> None:
    """Derive models and services again after the status of official numbers, given by their keys, has changed."""
    with rederiving(models, services, numbers=numbers):
        pass


def _identify_and_lock(changes: Sequence[Change], coverages: Sequence[Coverage]) -> tuple[Records, Scope, set[int]]:
    """Return the records, the scope of the change, and the models to derive again. All of them are locked."""
    while True:
        records = identify(changes, coverages)
        scope = scope_of(changes, coverages, records)
        split = partial(changed_among, scope)
        try:
            changed = lock(scope.models, scope.services, changed_among=split, merged_into=scope.merged_into)
        except MergedMeanwhile:
            continue
        return records, scope, changed


def _derive_and_announce(scope: Scope, changed: set[int], before: list[Edge], numbers: set[str]) -> None:
    """Derive once, and send the signals of the register, in the transaction of the change."""
    after, moved = derive(changed, scope.services, former_parents={edge.parent_id for edge in before})
    if numbers:
        numbers_changed.send(OfficialNumber, numbers=numbers, models=scope.covered)
    if moved or public(before) != public(after):
        lineage_changed.send(AIModel, models=changed | moved)
