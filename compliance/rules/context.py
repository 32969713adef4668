"""What a rule may know besides the dossier: the day, the filing's life so far, the register, the calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from compliance.attachments.contents import Contents
from compliance.rules.calendar import PUBLISHED, WorkingCalendar
from registry.names import folded

DRAFT, RETURNED, FILED, WITHDRAWN = "draft", "returned", "filed", "withdrawn"
Found = TypeVar("Found")
CANCELLED, REVOKED, SUSPENDED = "cancelled", "revoked", "suspended"


class Clock:
    """A day, and the next day after it on which somebody who asked would be answered otherwise."""

    __slots__ = ("day", "next_change_on")

    def __init__(self, day: date) -> None:
        self.day = day
        self.next_change_on: date | None = None

    def has_reached(self, day: date) -> bool:
        """Say whether a day has come; one still to come is remembered as a day to look again."""
        if day <= self.day:
            return True
        if self.next_change_on is None or day < self.next_change_on:
            self.next_change_on = day
        return False


@dataclass(frozen=True, slots=True)
class FilingFact:
    """What the register knows of another filing of the same applicant."""

    kind: str
    status: str
    service_name: str
    first_submitted_on: date | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    What uploaded files say of a model: which part of it, `weights`, `structure` or `block` (one layer only), is that of which
    known families. Several families may have one structure.
    """

    part: str
    families: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unlisted:
    """An ancestor that a dossier does not list and the register knows: its name, and its numbers with their status."""

    name: str
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """
    What is known of a filing besides its dossier. `other_filings` are the applicant's algorithm filings for the same
    service and the filing that this one amends; None where there is no registry to ask (a file on its own), so that a
    rule can tell "none" from "not known". So it is with `uploaded`, the hashes of the documents that the filing holds;
    `uploaded_names` are the same by file name, `contents` what was counted in those that were read.

    Of the register: `number_status` is the status of each official number that the dossier names, by its key, as far as
    it is known; `numbers_of_models` are the numbers of a model of the dossier, by its pointer, with their status;
    `unlisted` are what a model of the dossier goes back to by the register, and the dossier does not list, as far as it is
    others' work. `evidence` is what was uploaded of a model, by its pointer.
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
    The facts, and the clock that shows the day by which the rule at hand judges. `found` is what rules have worked out of
    this dossier and these facts, for the others.
    """

    facts: Facts
    clock: Clock
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def day(self) -> date:
        return self.clock.day

    def has_reached(self, day: date) -> bool:
        return self.clock.has_reached(day)

    def once(self, name: str, work_out: Callable[[], Found]) -> Found:
        """Return what goes by a name, worked out by the first rule that asks for it."""
        if name not in self.found:
            self.found[name] = work_out()
        found: Found = self.found[name]
        return found


def same_name(name: str) -> str:
    """Fold a name for comparison: width, case and spaces do not tell two services apart."""
    return folded(name)
