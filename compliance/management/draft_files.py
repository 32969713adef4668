"""Drafts of dossiers on disk, which commands extend."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import CommandError

from compliance.dossier.faults import Malformed
from compliance.language import Language


def draft_text(path: Path) -> bytes:
    """Return the text of a draft; that of an empty one if there is no file."""
    return path.read_bytes() if path.exists() else b"{}"


def replace_draft(path: Path, text: bytes) -> None:
    """Replace a draft by another text, whole or not at all."""
    new_file = path.with_name(f"{path.name}.new")
    new_file.write_bytes(text)
    new_file.replace(path)


def not_extended(path: Path, error: Malformed, language: Language) -> CommandError:
    """Return the error that tells the first fault of a draft."""
    fault = error.faults[0]
    return CommandError(f"{path}: {fault.at} {fault.message(language)}\nNothing was written.")
