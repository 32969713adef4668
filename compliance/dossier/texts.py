"""Texts as they may be kept: what is refused in them, and their normal form. Pure, and linear in their length."""

from __future__ import annotations

import re
import unicodedata

_UNSAYABLE = re.compile("[\0\ud800-\udfff]")
# The stream-safe limit of UAX #15; sorting a longer run of marks takes time by the square of its length.
MARKS_IN_A_ROW = 30


def is_sayable(text: str) -> bool:
    """Say whether a text can be kept: no NUL, no half of a surrogate pair, no endless run of combining marks."""
    return _UNSAYABLE.search(text) is None and not _has_endless_marks(text)


def tidy(text: str) -> str:
    """Bring a text into its normal form: NFC, without outer spaces. What is refused anyway is not composed."""
    composed = text if _has_endless_marks(text) else unicodedata.normalize("NFC", text)
    return composed.strip()


def _has_endless_marks(text: str) -> bool:
    if text.isascii():
        return False
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > MARKS_IN_A_ROW:
            return True
    return False
