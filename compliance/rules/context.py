"""The context of an evaluation besides the dossier: the date, the state of the filing, the register, the calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from compliance.attachments.contents import Contents
from compliance.rules.calendar import PUBLISHED, WorkingCalendar
from registry.names import folded

DRAFT, RETURNED, FILED, WITHDRAWN = "draft", "returned", "filed", "withdrawn"
Result = TypeVar("Result")
CANCELLED, REVOKED, SUSPENDED = "cancelled", "revoked", "suspended"


class Clock:
    """A date, and the next later date on which an answer of this clock would change."""

    __slots__ = ("day", "next_change_on")

    def __init__(self, day: date) -> None:
        self.day = day
        self.next_change_on: date | None = None

    def has_reached(self, day: date) -> bool:
        """Return whether a date has come; a future one is recorded as a date of change."""
        if day <= self.day:
            return True
        if self.next_change_on is None or day < self.next_change_on:
            self.next_change_on = day
        return False


@dataclass(frozen=True, slots=True)
class FilingFact:
    """Another filing of the same applicant."""

    kind: str
    status: str
    service_name: str
    first_submitted_on: date | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    The evidence of uploaded files on a model: a part of it, `weights`, `structure`, `block` (one layer only) or
    `adapter` (an adapter names its base), matches the listed known families. Several families may share one structure.
    """

    part: str
    families: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unlisted:
    """An ancestor in the register that the dossier does not list: its name, and its numbers with their status."""

    name: str
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """
    The facts about a filing that are not in its dossier.

    `other_filings` are the applicant's algorithm filings for the same service, and the filing that this one amends. It is
    None if there is no registry (a file on its own), so that a rule can distinguish "none" from "unknown"; likewise
    `uploaded`, the hashes of the uploaded documents. `uploaded_names` maps file names to these hashes, `contents` maps
    hashes to the counts in the documents that were read.

    From the register: `number_status` maps the key of each official number in the dossier to its status, if known;
    `numbers_of_models` maps the pointer of a model to its numbers with their status; `unlisted` maps the pointer of a
    model to its ancestors by other developers that the register knows but the dossier does not list. `evidence` maps the
    pointer of a model to its uploaded evidence.
    """

    status: str = DRAFT
    submitted_on: date | None = None
    first_submitted_on: date | None = None
    accepted_on: date | None = None
    returned_on: date | None = None
    other_filings: tuple[FilingFact, ...] | None = None
    uploaded: frozenset[str] | None = None
    uploaded_names: Mapping[str, str] = field(default_factory=dict)
    contents: Mapping[str, Contents] = field(default_factory=dict)
    number_status: Mapping[str, str] = field(default_factory=dict)
    numbers_of_models: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unlisted: Mapping[str, tuple[Unlisted, ...]] = field(default_factory=dict)
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    has_cancellation: bool = False
    calendar: WorkingCalendar = field(default=PUBLISHED)


A_FILE_ON_ITS_OWN = Facts()


@dataclass(frozen=True, slots=True)
class Context:
    """
    The facts, and the clock with the date on which the current rule is evaluated. `cache` holds intermediate results that
    several rules share.
    """

    facts: Facts
    clock: Clock
    cache: dict[str, Any] = field(default_factory=dict)

    @property
    def day(self) -> date:
        return self.clock.day

    def has_reached(self, day: date) -> bool:
        return self.clock.has_reached(day)

    def once(self, name: str, compute: Callable[[], Result]) -> Result:
        """Return the result cached under a name; compute it on the first call."""
        if name not in self.cache:
            self.cache[name] = compute()
        result: Result = self.cache[name]
        return result


def same_name(name: str) -> str:
    """Fold a name for comparison, ignoring width, case and spaces."""
    return folded(name)
