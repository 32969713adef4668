"""
Parse evidence: JSON within size limits and without duplicate keys, and case files with `declaration` and `evidence`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from compliance.provenance.faults import Unusable

# The limit of the reference (provenance.md §2.1).
MOST_BYTES = 20 * 1024 * 1024
_MOST_DIGITS = 40
# The parts of evidence, by file name or by the name of the extracted data. `reference_sketches` and `reference_tokenizers` are
# read only from local case files: a filer does not choose what the evidence is compared with.
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


def read_json(raw: bytes) -> Any:
    """
    Read JSON text of at most MOST_BYTES.

    Raises Unusable: `too_large`, `not_utf8`, `not_json` (with line and column), `too_deep`, `doubled_key` (with the key).
    """
    if len(raw) > MOST_BYTES:
        raise Unusable("too_large", limit=MOST_BYTES)
    try:
        document = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_object, parse_int=_integer)
        _refuse_unstorable_text(raw, document)
        return document
    except UnicodeDecodeError as error:
        raise Unusable("not_utf8") from error
    except json.JSONDecodeError as error:
        raise Unusable("not_json", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise Unusable("too_deep") from error


def _refuse_unstorable_text(raw: bytes, document: Any) -> None:
    """Refuse NUL and unpaired surrogates, which databases cannot store as text; in JSON they occur only as escapes."""
    if not re.search(rb"\\u(?:[dD][89a-fA-F]|0000)", raw):
        return
    written = json.dumps(document, ensure_ascii=False)
    if "\\u0000" in written or any("\ud800" <= character <= "\udfff" for character in written):
        raise Unusable("unsayable_text")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        known = set[str]()
        twice = next(key for key, _ in pairs if key in known or known.add(key))  # type: ignore[func-returns-value]
        raise Unusable("doubled_key", twice[:200])
    return found


def _integer(literal: str) -> int:
    # Python refuses to parse thousands of digits; a number this large exceeds every limit anyway.
    return int(literal[:_MOST_DIGITS])


def read_case(raw: bytes) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the declaration and the evidence of a case file. Raises Unusable, as `read_json`, and `not_a_case`."""
    case = read_json(raw)
    evidence = case.get("evidence") if isinstance(case, Mapping) else None
    declaration = (case.get("declaration") or {}) if isinstance(case, Mapping) else None
    if not isinstance(evidence, Mapping) or not isinstance(declaration, Mapping):
        raise Unusable("not_a_case")
    return declaration, evidence
