"""Entity tags and If-Match (RFC 9110 §13.1.1)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

_STRONG = re.compile(r'(?:^|[\s,])"([^"]*)"')


def quoted(tag: str) -> str:
    return f'"{tag}"'


def version_of(filing: Any) -> str:
    """
    Return the version of a filing annotated with flag counts: the hash of its last event, a dot, and the state of its check.

    If-Match is compared only with the part before the dot, which changes only with the filing itself.
    """
    counts = (filing.error_count, filing.warning_count, filing.info_count)
    state = (filing.checked_at, filing.checked_as_of, filing.next_look_on, filing.is_due, counts)
    return f"{filing.last_event_hash}.{hashlib.sha256(repr(state).encode()).hexdigest()[:16]}"


def seen_by(headers: Mapping[str, str]) -> frozenset[str] | None:
    """Return the hashes listed in If-Match; None if the header is missing or `*`. Weak tags never match."""
    header = headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    return frozenset(tag.partition(".")[0] for tag in _STRONG.findall(header))
