"""How a field of the dossier is declared: its type, whether it may be absent, and its name in both languages."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from pydantic import ConfigDict

STRICT = ConfigDict(extra="forbid")


def said(en: str, zh: str) -> Any:
    """Declare a field that may be absent, with its name in both languages."""
    return field(default=None, metadata={"en": en, "zh": zh})


def required(en: str, zh: str) -> Any:
    """Declare a field without which a document is no dossier."""
    return field(metadata={"en": en, "zh": zh})
