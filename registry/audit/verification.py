"""Verifying the log of changes: its chain, and each watched row against the last event of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from registry.audit.recording import WATCHED, Watched, digest_of, hash_of
from registry.models import AuditEvent, AuditHead, AuditVerb

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class AuditFault:
    """
    What does not fit: `event_changed`, `event_missing`, `event_unchained`, `end_differs`, or a row (`row_changed`, `row_inserted`,
    `row_removed`) that the log does not account for.
    """

    code: str
    kind: str = ""
    label: str = ""
    number: int = 0
    row: int = 0


def faults_of_log() -> list[AuditFault]:
    """Return every fault of the log of changes and of the rows that it covers."""
    return [*_chain_faults(), *(fault for watched in WATCHED.values() for fault in row_faults(watched))]


def head_of_log(before: datetime | None = None) -> tuple[int, str]:
    """Return number and hash of the last event of the log, or of the last one before a moment."""
    events = AuditEvent.objects.all() if before is None else AuditEvent.objects.filter(at__lt=before)
    last = events.order_by("-number").values_list("number", "hash").first()
    return last or (0, hashlib.sha256(b"").hexdigest())


def _chain_faults() -> Iterator[AuditFault]:
    previous, expected = "", 1
    for event in AuditEvent.objects.order_by("number").iterator(AT_ONCE):
        for number in range(expected, event.number):
            yield AuditFault("event_missing", number=number)
        if hash_of(event) != event.hash:
            yield AuditFault("event_changed", event.kind, event.label, event.number)
        elif event.previous_hash != previous and expected == event.number:
            yield AuditFault("event_unchained", event.kind, event.label, event.number)
        previous, expected = event.hash, event.number + 1
    head = AuditHead.objects.filter(pk=1).first()
    if (head.number, head.hash) != (expected - 1, previous) if head else expected > 1:
        yield AuditFault("end_differs", number=expected - 1)


def row_faults(watched: Watched) -> Iterator[AuditFault]:
    """Yield the rows of a model that the log does not account for."""
    latest = _latest_events(watched.kind)
    for row in watched.model._default_manager.order_by("pk").iterator(AT_ONCE):
        event = latest.pop(row.pk, None)
        if event is None or event.verb == AuditVerb.DELETED:
            yield AuditFault("row_inserted", watched.kind, watched.label(row), row=row.pk)
        elif event.digest != digest_of(watched.state_of(row), event.columns):
            yield AuditFault("row_changed", watched.kind, watched.label(row), event.number, row.pk)
    for event in latest.values():
        if event.verb != AuditVerb.DELETED:
            yield AuditFault("row_removed", watched.kind, event.label, event.number, event.row)


def _latest_events(kind: str) -> dict[int, AuditEvent]:
    last = AuditEvent.objects.filter(kind=kind).values("row").order_by("row").annotate(last=Max("number"))
    return {event.row: event for event in AuditEvent.objects.filter(number__in=last.values("last"))}
