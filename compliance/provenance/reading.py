"""
Bytes to evidence: JSON in bounds, each key once; and files shaped like the reference's examples, declaration and evidence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from compliance.provenance.faults import Unusable

# The bound of the reference (provenance.md §2.1).
MOST_BYTES = 20 * 1024 * 1024
_DIGITS_OF_INTEREST = 40
# What evidence can hold, by the names of the files or of what was taken from them.
PARTS = (
    "config.json",
    "safetensors_header",
    "safetensors_headers",
    "model.safetensors.index.json",
    "gguf_header",
    "adapter_config.json",
    "model_card_front_matter",
    "README.md",
    "mergekit_config.yml",
    "tokenizer_features",
    "tokenizer.json",
    "vocab.json",
    "file_hashes",
    "weight_sketch",
)
# Only a comparison at hand has these; who files evidence does not choose what it is compared with.
BESIDE = ("reference_sketches", "reference_tokenizers")


def read_json(raw: bytes) -> Any:
    """
    Read JSON text of at most MOST_BYTES.

    Raises Unusable: `too_large`, `not_utf8`, `not_json` (with line and column), `too_deep`, `doubled_key` (with the key).
    """
    if len(raw) > MOST_BYTES:
        raise Unusable("too_large", limit=MOST_BYTES)
    try:
        document = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_object, parse_int=_integer)
        _refuse_what_nobody_can_say(raw, document)
        return document
    except UnicodeDecodeError as error:
        raise Unusable("not_utf8") from error
    except json.JSONDecodeError as error:
        raise Unusable("not_json", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise Unusable("too_deep") from error


def _refuse_what_nobody_can_say(raw: bytes, document: Any) -> None:
    """NUL and halves of surrogate pairs come only as escapes; neither database keeps them as texts."""
    if not re.search(rb"\\u(?:[dD][89a-fA-F]|0000)", raw):
        return
    written = json.dumps(document, ensure_ascii=False)
    if "\\u0000" in written or any("\ud800" <= character <= "\udfff" for character in written):
        raise Unusable("unsayable_text")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen = set[str]()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise Unusable("doubled_key", twice[:200])
    return found


def _integer(literal: str) -> int:
    # Beyond all limits the size no longer matters, and Python refuses to read thousands of digits.
    return int(literal[:_DIGITS_OF_INTEREST])


def read_case(raw: bytes) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the declaration and the evidence of a file. Raises Unusable, as `read_json`, and `not_a_case`."""
    case = read_json(raw)
    evidence = case.get("evidence") if isinstance(case, Mapping) else None
    declaration = (case.get("declaration") or {}) if isinstance(case, Mapping) else None
    if not isinstance(evidence, Mapping) or not isinstance(declaration, Mapping):
        raise Unusable("not_a_case")
    return declaration, evidence
