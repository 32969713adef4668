"""Validation and normalization of texts, in linear time."""

from __future__ import annotations

import re
import unicodedata

_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")
# The stream-safe limit of UAX #15; sorting a longer run of marks takes quadratic time.
MARKS_IN_A_ROW = 30


def is_storable(text: str) -> bool:
    """Return whether a text can be stored: no NUL, no unpaired surrogate, no excessive run of combining marks."""
    return _NOT_STORABLE.search(text) is None and not _has_too_many_marks(text)


def tidy(text: str) -> str:
    """Normalize a text: NFC, without surrounding spaces. A text that is rejected anyway is only trimmed."""
    composed = text if _has_too_many_marks(text) else unicodedata.normalize("NFC", text)
    return composed.strip()


def _has_too_many_marks(text: str) -> bool:
    if text.isascii():
        return False
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > MARKS_IN_A_ROW:
            return True
    return False
