"""Declaration of dossier fields: optional or required, with a label in both languages."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from pydantic import ConfigDict

STRICT = ConfigDict(extra="forbid")


def labeled(en: str, zh: str) -> Any:
    """Declare an optional field with its label in both languages."""
    return field(default=None, metadata={"en": en, "zh": zh})


def required(en: str, zh: str) -> Any:
    """Declare a required field with its label in both languages."""
    return field(metadata={"en": en, "zh": zh})
