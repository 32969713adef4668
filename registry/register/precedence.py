"""
The order of precedence among the statements about an AI model.

Corrections by registrars come first, then the developer's own filed statements, the catalog, the published lists, and the
filed statements of other declarants (latest first). Statements that are not public come last: they are shown only to users
who may see them, and only if no public statement gives a value.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from registry.models.sources import Source, SourceKind
from registry.models.statements import ModelStatement

CORRECTED, DEVELOPERS_OWN, CATALOG, LISTED, DECLARED, PENDING, HIDDEN = range(7)

# The fields of a model's page. Each value comes from the first statement that has one.
FIELDS = (
    "name",
    "version",
    "developer_name",
    "developer_country",
    "access",
    "development",
    "modalities",
    "parameters",
    "architecture",
    "context_length",
    "license",
    "open_weights",
    "released_on",
    "filing_number",
    "framework",
    "training_started_on",
    "training_ended_on",
    "family",
    "structure",
    "note",
)
CORRECTABLE = (
    "name",
    "version",
    "developer_name",
    "developer_country",
    "development",
    "modalities",
    "parameters",
    "architecture",
    "context_length",
    "license",
    "open_weights",
    "released_on",
    "filing_number",
)


def rank_of(source: Source, *, is_developers_own: bool) -> int:
    """Return the rank of a statement in the order of precedence, from 0."""
    if not source.is_live:
        return HIDDEN
    if not source.is_public:
        return PENDING
    if source.kind == SourceKind.FILING:
        return DEVELOPERS_OWN if is_developers_own else DECLARED
    return {SourceKind.CORRECTION: CORRECTED, SourceKind.CATALOG: CATALOG}.get(SourceKind(source.kind), LISTED)


def in_order(statements: Iterable[ModelStatement]) -> list[ModelStatement]:
    """Sort statements by precedence, the first in precedence first. Their sources must be loaded."""
    return sorted(statements, key=_precedence)


def _precedence(row: ModelStatement) -> tuple[int, bool, float, int]:
    return row.rank, not row.is_developers_own, -row.source.stated_at.timestamp(), -row.pk


def shown_values(statements: Iterable[ModelStatement]) -> dict[str, tuple[Any, Source | None]]:
    """Return the value and the source of each field, from the first statement that has a value; (None, None) if none has."""
    ordered = in_order(statements)
    return {name: _first(name, ordered) for name in FIELDS}


def _first(name: str, ordered: list[ModelStatement]) -> tuple[Any, Source | None]:
    for statement in ordered:
        value = getattr(statement, name)
        if has_value(value):
            return value, statement.source
    return None, None


def has_value(value: Any) -> bool:
    """Return whether a value is given: False and 0 are, empty texts, lists and objects are not."""
    return value is not None and value not in ("", [], {})
