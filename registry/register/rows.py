"""Replacing the rows of sources. Rows with the same content are kept, with their ids."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Model

from registry.register.batches import batches


def write_rows(kind: type[Model], sources: Collection[int], rows: list[Any]) -> None:
    """Replace the rows of the sources. Rows with the same content are kept."""
    existing = [row for part in batches(sources) for row in kind._default_manager.filter(source__in=part)]
    gone, new = _difference(existing, rows)
    for part in batches([row.pk for row in gone]):
        kind._default_manager.filter(pk__in=part).delete()
    kind._default_manager.bulk_create(new, batch_size=1_000)


def _difference(existing: Iterable[Any], wanted: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """Return the existing rows that are not wanted, and the wanted rows that do not exist."""
    unmatched: dict[str, list[Any]] = defaultdict(list)
    for row in existing:
        unmatched[content_of(row)].append(row)
    new = []
    for row in wanted:
        if same := unmatched.get(content_of(row)):
            same.pop()
        else:
            new.append(row)
    return [row for rows in unmatched.values() for row in rows], new


# Columns that are not compared: they are derived, or they identify the row.
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
