"""Putting rows in the place of others: those that say the same stay, with their ids."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Model

from registry.register.batches import batches


def write_rows(kind: type[Model], sources: Collection[int], rows: list[Any]) -> None:
    """Put rows in the place of those that the sources stated, except for those that say the same."""
    there = [row for part in batches(sources) for row in kind._default_manager.filter(source__in=part)]
    gone, fresh = _difference(there, rows)
    for part in batches([row.pk for row in gone]):
        kind._default_manager.filter(pk__in=part).delete()
    kind._default_manager.bulk_create(fresh, batch_size=1_000)


def _difference(there: Iterable[Any], wanted: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """Return the rows that are there and not wanted, and those that are wanted and not there."""
    kept: dict[str, list[Any]] = defaultdict(list)
    for row in there:
        kept[content_of(row)].append(row)
    fresh = []
    for row in wanted:
        if same := kept.get(content_of(row)):
            same.pop()
        else:
            fresh.append(row)
    return [row for rows in kept.values() for row in rows], fresh


# What two rows with the same content may differ in: they are derived, or tell the rows apart.
_NOT_CONTENT = frozenset(
    {"id", "uid", "rank", "statement_id", "closes_cycle", "walked_by_all", "walked_by_owner", "walked_by_staff"}
)


def content_of(row: Any) -> str:
    values = {
        column.attname: _plain(getattr(row, column.attname))
        for column in row._meta.concrete_fields
        if column.attname not in _NOT_CONTENT
    }
    return json.dumps(values, sort_keys=True, default=str, ensure_ascii=False)


def _plain(value: Any) -> Any:
    return str(value.normalize()) if isinstance(value, Decimal) else value
