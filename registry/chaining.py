"""Chains of hashes: the hash of each entry covers the entry and the hash of the one before. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical(value: object) -> str:
    """Return a value as canonical JSON: sorted keys, no blanks, characters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chained_hash(previous: str, entry: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hexadecimal, of the previous hash and an entry as canonical JSON."""
    return hashlib.sha256(f"{previous}\n{canonical(entry)}".encode()).hexdigest()
