"""What a rule yields: a place, what kind of gap it is, and the values that its message names."""

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
    One gap. `variant` is its kind, with a subject after a colon where several gaps share a place
    (`missing:monitoring`); `level` is given only where it is lower than the rule's own; `values` are plain data.
    """

    at: Pointer
    variant: str
    values: dict[str, Any] = field(default_factory=dict)
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with the code and the level under which it counts."""

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


def missing_entries(at: Pointer, asked: Iterable[str], given: Iterable[str] | None) -> Iterator[Problem]:
    """Tell a list that lacks entries, as one gap that names them."""
    there = frozenset(given or ())
    if missing := [entry for entry in asked if entry not in there]:
        yield Problem(at, INCOMPLETE, {"lacking": missing})


def not_true(at: Pointer, value: bool | None) -> Problem:
    """Tell a yes that is not given: not said at all, or declared false."""
    return absent(at) if value is None else Problem(at, NOT_TRUE)
