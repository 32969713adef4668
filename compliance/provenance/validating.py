"""Validate evidence before it is stored: every part must be readable and within limits; all faults are reported at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from compliance.provenance.faults import Unusable
from compliance.provenance.reading import PARTS
from compliance.provenance.sketches import read_sketch
from compliance.provenance.tensors import read_gguf, read_safetensors
from compliance.provenance.tokenizers import read_vocabulary

MOST_FILES = 10_000


def faults_in(evidence: Any) -> list[tuple[str, Unusable]]:
    """Return the faults of evidence, each with the part that has it; an unknown part is a fault, too."""
    if not isinstance(evidence, Mapping):
        return [("", Unusable("not_an_object"))]
    if not evidence:
        return [("", Unusable("nothing_known", asked=", ".join(PARTS)))]
    return list(_faults(evidence))


def _faults(evidence: Mapping[str, Any]) -> Iterator[tuple[str, Unusable]]:
    for part, document in evidence.items():
        if part not in PARTS:
            yield str(part)[:200], Unusable("nothing_known", asked=", ".join(PARTS))
            continue
        try:
            _READERS[part](document)
        except Unusable as fault:
            yield part, fault


def _an_object(document: Any) -> None:
    if not isinstance(document, Mapping):
        raise Unusable("not_an_object")


def _text(document: Any) -> None:
    if not isinstance(document, str):
        raise Unusable("not_text")


def _shards(document: Any) -> None:
    _an_object(document)
    joined = None
    for name, header in document.items():
        try:
            read = read_safetensors(header)
        except Unusable as fault:
            raise Unusable(fault.code, f"{name}/{fault.at}"[:1_000], **fault.values) from fault
        joined = read if joined is None else joined.joined(read)


def _hashes(document: Any) -> None:
    _an_object(document)
    if not document or len(document) > MOST_FILES:
        raise Unusable("bad_hash")
    for name, digest in document.items():
        if not isinstance(digest, str) or not re.fullmatch(r"[0-9a-fA-F]{64}", digest):
            raise Unusable("bad_hash", str(name)[:200])


_READERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        **dict.fromkeys(PARTS, _an_object),
        "safetensors_header": read_safetensors,
        "safetensors_headers": _shards,
        "gguf_header": read_gguf,
        "mergekit_config.yml": _text,
        "README.md": _text,
        "tokenizer.json": read_vocabulary,
        "vocab.json": read_vocabulary,
        "weight_sketch": read_sketch,
        "file_hashes": _hashes,
    }
)
