"""The problems that rules yield: place, variant, and the values of the message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compliance.dossier.pointer import Pointer

if TYPE_CHECKING:
    from compliance.rules.catalog import Level

MISSING, NOT_TRUE, TOO_LONG, UNKNOWN, MISMATCH = "missing", "not_true", "too_long", "unknown", "mismatch"
TOO_LOW, TOO_HIGH, INCOMPLETE, TOO_OLD = "too_low", "too_high", "incomplete", "too_old"
OVERDUE, LATE, DUE_SOON = "overdue", "late", "due_soon"


@dataclass(frozen=True, slots=True)
class Problem:
    """
    One problem at a place of a dossier.

    `variant` is its kind, with a suffix after a colon if several problems share a place (`missing:monitoring`). `level` is
    only given if it is lower than the level of the rule. `values` are plain data for the message.
    """

    at: Pointer
    variant: str
    values: dict[str, Any] = field(default_factory=dict)
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with the code of its rule and its effective level."""

    rule: str
    level: Level
    variant: str
    at: Pointer
    values: dict[str, Any]

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.rule, self.at, self.variant


def absent(at: Pointer) -> Problem:
    return Problem(at, MISSING)


def missing_entries(at: Pointer, required: Iterable[str], given: Iterable[str] | None) -> Iterator[Problem]:
    """Yield a single problem that names all required entries missing from a list."""
    present = frozenset(given or ())
    if missing := [entry for entry in required if entry not in present]:
        yield Problem(at, INCOMPLETE, {"lacking": missing})


def not_true(at: Pointer, value: bool | None) -> Problem:
    """Return the problem of a field that must be true but is missing or false."""
    return absent(at) if value is None else Problem(at, NOT_TRUE)
