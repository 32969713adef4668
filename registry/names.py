"""Names as people compare them: width, case and spaces do not tell two apart. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata


def folded(name: str) -> str:
    """Fold a name for comparison: NFKC, without case and without spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def folded_model(name: str) -> str:
    """Fold the name of an AI model: hyphens and underscores do not tell two apart either (Llama-2-13B, Llama 2 13B)."""
    return folded(name).replace("-", "").replace("_", "")


def version_beside(name: str, version: str) -> str:
    """
    Fold a version, or return nothing where the name says it already: version 2 of “Llama 2 13B”, 2.5 of “Qwen2.5-7B”. Sizes,
    numbers before B or M, are no versions.
    """
    said = re.findall(r"\d+(?:\.\d+)*(?![\d.]*[bm](?![a-z]))", unicodedata.normalize("NFKC", name).casefold())
    return "" if folded(version).removeprefix("v") in said else folded(version)


def key_of(*parts: str) -> str:
    """Return the SHA-256, in hexadecimal, of texts together; names may be longer than an index takes."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
