"""The hash chain of a filing's history: each event's hash covers the event and the hash before it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


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

    `at` is taken in UTC to the microsecond; an event with a revision names the revision's SHA-256 in `data`, so the
    chain covers the revisions too.
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
    text = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
