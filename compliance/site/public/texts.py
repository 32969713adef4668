"""Texts for XML: feeds and badges."""

from __future__ import annotations

import re

# Characters that XML 1.0 cannot hold, however they are written (§2.2).
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def without_controls(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _CONTROLS.sub("", text)
