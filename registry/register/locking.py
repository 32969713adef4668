"""
What a change of the register locks, so that two changes side by side derive nothing from half of each other and no two
edges close a cycle unseen.

A change locks the models whose derived columns or edges it may change (exclusively), and those that it only mentions
and everything that they all go back to (shared). A cycle that two changes would close together leads from the new edge
of the one up to the model whose edge the other writes: the one locks that model shared, the other exclusively, so they
go one after another. Two changes that only build on the same base model go side by side.

Rows are locked in the order of their keys, so that nobody waits in a circle. SQLite has one writer at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import groupby

from django.db import connection, transaction

from registry.models import Service

_SHARED, _EXCLUSIVE = "SHARE", "NO KEY UPDATE"
Split = Callable[[set[int]], set[int]]


class _Moved(Exception):
    """What is to be locked has changed between reading and locking it."""


class MergedMeanwhile(Exception):
    """A model that was identified has been merged into another one before it was locked."""


def lock(models: set[int], services: Collection[int], *, changed_among: Split, refuse_merged: bool = False) -> set[int]:
    """
    Lock models and services until the end of the transaction, and return the models that are locked exclusively: those
    that `changed_among` finds among the models, before and after locking. The others are locked shared.

    Raises MergedMeanwhile, with nothing locked, where that is to be refused.
    """
    if not models:
        changed: set[int] = set()
    elif connection.vendor == "postgresql":
        changed = _lock_models(models, changed_among, refuse_merged)
    else:
        changed = changed_among(models)
    if services and connection.vendor == "postgresql":
        rows = Service.objects.select_for_update(no_key=True).filter(pk__in=services).order_by("pk")
        list(rows.values_list("pk"))
    return changed


def _lock_models(models: set[int], changed_among: Split, refuse_merged: bool) -> set[int]:
    """A model that is found late must not be locked out of order: then all locks are let go, and all are taken again."""
    changed, keys = changed_among(models), _with_ancestors(models)
    while True:
        try:
            # Going back to the savepoint lets go of what was locked since.
            with transaction.atomic():
                merged = _lock_in_order(changed, keys)
                if refuse_merged and merged & models:
                    raise MergedMeanwhile
                found = _with_ancestors(models)
                still_changed = changed_among(models - changed)
                if not found <= keys or still_changed:
                    raise _Moved
                return changed
        except _Moved:
            changed, keys = changed | still_changed, keys | found


def _with_ancestors(start: Collection[int]) -> set[int]:
    """Models with all that any statement derives them from, whether the edge is in force or closes a cycle or neither."""
    sql = (
        "WITH RECURSIVE up(id) AS (SELECT unnest(%s::bigint[]) "
        "UNION SELECT d.parent_id FROM up JOIN registry_derivation d ON d.child_id = up.id) SELECT id FROM up"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [sorted(start)])
        return {key for (key,) in cursor.fetchall()}


def _lock_in_order(changed: set[int], keys: set[int]) -> set[int]:
    """Lock models, and return those that are merged into another one."""
    merged: set[int] = set()
    with connection.cursor() as cursor:
        for strength, run in _runs(changed, keys):
            sql = f"SELECT id, merged_into_id FROM registry_aimodel WHERE id = ANY(%s) ORDER BY id FOR {strength}"
            cursor.execute(sql, [run])
            merged |= {key for key, merged_into in cursor.fetchall() if merged_into}
    return merged


def _runs(changed: set[int], keys: set[int]) -> Iterator[tuple[str, list[int]]]:
    """Keys in ascending order, in as few statements as their strengths allow."""
    for is_changed, run in groupby(sorted(keys), key=changed.__contains__):
        yield _EXCLUSIVE if is_changed else _SHARED, list(run)
