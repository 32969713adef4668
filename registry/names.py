"""Comparison of names without regard to width, case and spaces. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata

# Patterns of texts, for JSON Schema and Python alike: `\\s` does not mean the same in both. No text holds NUL, which PostgreSQL
# cannot store, and a text of blanks says nothing.
_BLANK = r"\u0000-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
ANY_TEXT = r"^[^\u0000]*$"
SOME_TEXT = rf"^[^\u0000]*[^{_BLANK}][^\u0000]*$"


def folded(name: str) -> str:
    """Fold a name for comparison: NFKC, case-folded, without spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def folded_model(name: str) -> str:
    """Fold the name of an AI model: like `folded`, and without hyphens and underscores (Llama-2-13B, Llama 2 13B)."""
    return folded(name).replace("-", "").replace("_", "")


def version_beside(name: str, version: str) -> str:
    """
    Fold a version, or return "" if the name already contains it: version 2 of “Llama 2 13B”, 2.5 of “Qwen2.5-7B”. Numbers
    before B or M are sizes, not versions.
    """
    versions_in_name = re.findall(
        r"\d+(?:\.\d+)*(?![\d.]*[bm](?![a-z]))", unicodedata.normalize("NFKC", name).casefold()
    )
    return "" if folded(version).removeprefix("v") in versions_in_name else folded(version)


def key_of(*parts: str) -> str:
    """Return the hexadecimal SHA-256 of the texts together: a key of fixed length, because names may be too long for an index."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
