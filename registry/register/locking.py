"""
The locks of a change to the register. They ensure that no change derives anything from a half-written concurrent change,
and that two concurrent changes do not close a cycle together.

A change locks the models whose derived columns or edges it may change (exclusively), and the models that it only mentions
and the ancestors of all of them (shared). If two changes would close a cycle together, the new edge of the first leads up
to the model whose edges the second writes. The first locks that model shared and the second locks it exclusively, so one
waits for the other. Changes that only share a base model run concurrently.

Rows are locked in the order of their keys to prevent deadlocks. SQLite has only one writer at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import groupby

from django.db import connection, transaction

from registry.models import Service

_SHARED, _EXCLUSIVE = "SHARE", "NO KEY UPDATE"
Split = Callable[[set[int]], set[int]]


class _ScopeChanged(Exception):
    """The set of rows to lock changed between reading and locking them."""


class MergedMeanwhile(Exception):
    """A record was merged into another one, or a merge was undone, between reading and locking it."""


def lock(
    models: set[int], services: Collection[int], *, changed_among: Split, merged_into: Mapping[int, int | None]
) -> set[int]:
    """
    Lock models and services until the end of the transaction, and return the models that are locked exclusively: those
    that `changed_among` returns before and after locking. The others, and the records in `merged_into`, are locked shared.

    Raises MergedMeanwhile, with nothing locked, if a record is merged into another one than `merged_into` tells.
    """
    if not models:
        changed: set[int] = set()
    elif connection.vendor == "postgresql":
        changed = _lock_models(models, changed_among, merged_into)
    else:
        changed = changed_among(models)
    if services and connection.vendor == "postgresql":
        rows = Service.objects.select_for_update(no_key=True).filter(pk__in=services).order_by("pk")
        list(rows.values_list("pk"))
    return changed


def _lock_models(models: set[int], changed_among: Split, merged_into: Mapping[int, int | None]) -> set[int]:
    """Lock in order. If more models turn out to be affected, release all locks and start again with all of them."""
    changed, keys = changed_among(models), _with_ancestors(models) | merged_into.keys()
    while True:
        try:
            # A rollback to the savepoint releases the locks taken since.
            with transaction.atomic():
                found = _lock_in_order(changed, keys)
                if any(found.get(key) != record for key, record in merged_into.items()):
                    raise MergedMeanwhile
                current_keys = _with_ancestors(models)
                newly_changed = changed_among(models - changed)
                if not current_keys <= keys or newly_changed:
                    raise _ScopeChanged
                return changed
        except _ScopeChanged:
            changed, keys = changed | newly_changed, keys | current_keys


def _with_ancestors(start: Collection[int]) -> set[int]:
    """Return models and their ancestors by all declared edges, including those that are not in force or close a cycle."""
    sql = (
        "WITH RECURSIVE up(id) AS (SELECT unnest(%s::bigint[]) "
        "UNION SELECT d.parent_id FROM up JOIN registry_derivation d ON d.child_id = up.id) SELECT id FROM up"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [sorted(start)])
        return {key for (key,) in cursor.fetchall()}


def _lock_in_order(changed: set[int], keys: set[int]) -> dict[int, int | None]:
    """Lock models in the order of their keys, and return the record that each is merged into."""
    merged_into: dict[int, int | None] = {}
    with connection.cursor() as cursor:
        for strength, run in _runs(changed, keys):
            sql = f"SELECT id, merged_into_id FROM registry_aimodel WHERE id = ANY(%s) ORDER BY id FOR {strength}"
            cursor.execute(sql, [run])
            merged_into |= dict(cursor.fetchall())
    return merged_into


def _runs(changed: set[int], keys: set[int]) -> Iterator[tuple[str, list[int]]]:
    """Yield the keys in ascending order, grouped into consecutive runs of the same lock strength."""
    for is_changed, run in groupby(sorted(keys), key=changed.__contains__):
        yield _EXCLUSIVE if is_changed else _SHARED, list(run)
