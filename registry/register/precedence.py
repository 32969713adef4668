"""
Which statement counts: the order of precedence among the statements about one AI model.

A registrar's correction comes before the developer's own filed statement, that before the catalog, then the published
lists, then what other declarants filed (the latest first). What is not public yet comes after all of that: it speaks
only to those who may see it, and only where nothing public speaks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from registry.models.sources import Source, SourceKind
from registry.models.statements import ModelStatement

CORRECTED, DEVELOPERS_OWN, CATALOG, LISTED, DECLARED, PENDING, HIDDEN = range(7)

# What a model's page shows, each from the first statement that says it.
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
    """Return the place of a statement in the order of precedence, 0 the first."""
    if not source.is_live:
        return HIDDEN
    if not source.is_public:
        return PENDING
    if source.kind == SourceKind.FILING:
        return DEVELOPERS_OWN if is_developers_own else DECLARED
    return {SourceKind.CORRECTION: CORRECTED, SourceKind.CATALOG: CATALOG}.get(SourceKind(source.kind), LISTED)


def in_order(statements: Iterable[ModelStatement]) -> list[ModelStatement]:
    """Sort statements, the one that counts most first; their sources are loaded."""
    return sorted(
        statements,
        key=lambda told: (told.rank, not told.is_developers_own, -told.source.stated_at.timestamp(), -told.pk),
    )


def shown(statements: Iterable[ModelStatement]) -> dict[str, tuple[Any, Source | None]]:
    """Return, for each field, what the first statement that says it says, and its source."""
    ordered = in_order(statements)
    return {name: _first(name, ordered) for name in FIELDS}


def _first(name: str, ordered: list[ModelStatement]) -> tuple[Any, Source | None]:
    for statement in ordered:
        value = getattr(statement, name)
        if says(value):
            return value, statement.source
    return None, None


def says(value: Any) -> bool:
    return value is not None and value not in ("", [], {})
