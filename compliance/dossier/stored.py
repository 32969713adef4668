"""Stored dossiers: canonical JSON with its hash, and loading without validation (stored revisions are trusted)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from compliance.dossier.schema import Dossier

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(Dossier)


@dataclass(frozen=True, slots=True)
class Canonical:
    """Canonical JSON: UTF-8, no spaces, keys in the order of the schema; `sha256` is of its bytes."""

    text: str
    sha256: str

    @classmethod
    def of(cls, tree: Any) -> Canonical:
        encoded = _ENCODER.encode(tree)
        return cls(encoded.decode(), hashlib.sha256(encoded).hexdigest())


def tree_of(text: str) -> Any:
    """Return a stored dossier as a tree, with its decimals exactly as they were written."""
    return json.loads(text, parse_float=Decimal)


def load(text: str) -> Dossier:
    """Load a stored dossier, which was parsed strictly when it was received."""
    return _DECODER.decode(text)
