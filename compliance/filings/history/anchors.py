"""
Anchors: a line a day on the state of all chains, kept outside the database. Whoever changes the history with its hashes cannot
change the anchors that were written before; the first one that does not fit tells since when something differs.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from compliance.models import Event
from registry.audit.verification import head_of_log
from registry.chaining import canonical
from registry.models import AuditEvent

# Events that began later than this before the anchor may still be about to be committed.
MARGIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Anchor:
    """
    What the chains were before the moment `until` (ISO 8601): counts, one hash over the last event of each filing, the end of the
    log of changes, and the SHA-256 of the anchor before.
    """

    until: str
    filings: int
    events: int
    head: str
    log_events: int
    log_head: str
    previous: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(canonical(asdict(self)).encode()).hexdigest()

    def as_line(self) -> str:
        return canonical(asdict(self)) + "\n"


@dataclass(frozen=True, slots=True)
class Misfit:
    """
    Why anchors and history do not fit: `broken_file` (an anchor was changed or taken out; `at` is the line), or `differs` (the
    history before `until` is another one; the anchor of `fits` is the last that fits, blank if none does).
    """

    code: str
    at: int = 0
    until: str = ""
    fits: str = ""


class Unreadable(Exception):
    """A file is not a file of anchors; `line` is the first line that cannot be read."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(f"line {line}")


def anchor_of(until: datetime, previous: str) -> Anchor:
    """Return the anchor of the chains before a moment."""
    digest, filings, events = hashlib.sha256(), 0, 0
    rows = Event.objects.filter(at__lt=until).order_by("filing__uid", "number").values_list("filing__uid", "hash")
    current, last = None, ""
    for uid, event_hash in rows.iterator():
        if current is not None and uid != current:
            digest.update(f"{current} {last}\n".encode())
        filings += uid != current
        current, last, events = uid, event_hash, events + 1
    if current is not None:
        digest.update(f"{current} {last}\n".encode())
    log = AuditEvent.objects.filter(at__lt=until).count()
    return Anchor(until.isoformat(), filings, events, digest.hexdigest(), log, head_of_log(until)[1], previous)


def write_anchor(path: Path, now: datetime | None = None) -> Anchor:
    """Append the anchor of this moment to a file, and return it. Raises Unreadable if the file is none of anchors."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        # Two jobs at once write one after the other, so that each line covers the one before.
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        before = read_anchors(file.read())
        anchor = anchor_of((now or timezone.now()) - MARGIN, before[-1].digest if before else "")
        file.write(anchor.as_line())
        file.flush()
        os.fsync(file.fileno())
    return anchor


def read_anchors(text: str) -> list[Anchor]:
    """Return the anchors of a file. Raises Unreadable."""
    anchors = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            anchors.append(Anchor(**json.loads(line)))
            if datetime.fromisoformat(anchors[-1].until).tzinfo is None:
                raise ValueError(anchors[-1].until)
        except (ValueError, TypeError) as error:
            raise Unreadable(number) from error
    return anchors


def misfit_of(anchors: Sequence[Anchor]) -> Misfit | None:
    """Return where anchors and history part, or None. Anchors cover one another: the first that differs is found by halving."""
    if broken := _broken_line(anchors):
        return Misfit("broken_file", at=broken)
    low, high = 0, len(anchors)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if _fits(anchors[middle]) else (low, middle)
    if low == len(anchors):
        return None
    return Misfit("differs", until=anchors[low].until, fits=anchors[low - 1].until if low else "")


def _broken_line(anchors: Iterable[Anchor]) -> int:
    previous = None
    for number, anchor in enumerate(anchors, start=1):
        if previous is not None and anchor.previous != previous:
            return number
        previous = anchor.digest
    return 0


def _fits(anchor: Anchor) -> bool:
    return anchor_of(datetime.fromisoformat(anchor.until), anchor.previous) == anchor
