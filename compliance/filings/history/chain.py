"""The hash chain of the history of a filing: the hash of each event covers the event and the previous hash. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from registry.chaining import chained_hash


def event_hash(
    previous: str,
    *,
    filing: str,
    number: int,
    verb: str,
    from_status: str,
    to_status: str,
    at: datetime,
    actor: str,
    reason: str,
    data: Mapping[str, Any],
) -> str:
    """
    Return the SHA-256, in hexadecimal, of the previous hash and the event as canonical JSON.

    `at` is converted to UTC, with microseconds. An event with a revision has the SHA-256 of the revision in `data`, so the
    chain also covers the revisions.
    """
    line = {
        "filing": filing,
        "number": number,
        "verb": verb,
        "from": from_status,
        "to": to_status,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": actor,
        "reason": reason,
        "data": data,
    }
    return chained_hash(previous, line)
