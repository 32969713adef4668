"""Writing and reading heartbeats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from compliance.watch.models import Heartbeat, Part

EVERY = timedelta(seconds=15)
SILENT_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Pulse:
    """When a part was last alive, and whether that is too long ago; one that was never alive has no moment."""

    part: Part
    at: datetime | None
    is_silent: bool


def note_alive(part: Part) -> None:
    Heartbeat.objects.update_or_create(part=part, defaults={"at": timezone.now()})


def pulses(*, since: datetime | None = None) -> list[Pulse]:
    """Return the pulse of each part. One that was never alive is silent if it could have been since long enough."""
    known, now = dict(Heartbeat.objects.values_list("part", "at")), timezone.now()
    return [Pulse(part, known.get(part), now - (known.get(part) or since or now) > SILENT_AFTER) for part in Part]
