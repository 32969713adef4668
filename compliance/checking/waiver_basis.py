"""What a flag rests on: when it changes, a waiver of the flag no longer holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from compliance.dossier.pointer import Pointer
from compliance.dossier.schema import Dossier
from compliance.rules.problems import Finding

# What tells one entry of a list from another that is put in its place.
_IDENTITY = ("key", "name", "filename", "sha256", "official_number", "vendor")
# What is said beside the count of a file changes nothing about what is wrong with the file.
_BESIDE = frozenset({"declared"})


def waiver_basis_of(finding: Finding, dossier: Dossier) -> str:
    """
    Return the SHA-256 of what a finding rests on: its level, the values that it names, the value at its place, and which
    entries of lists lead there. Where an entry is exchanged for another, what was said of the first says nothing of it.
    """
    values = {name: value for name, value in finding.values.items() if name not in _BESIDE}
    basis = [finding.level, sorted(values.items()), list(_on_the_way(finding.at, dossier))]
    return hashlib.sha256(msgspec.json.encode(basis, enc_hook=str)).hexdigest()


def _on_the_way(at: Pointer, dossier: Dossier) -> Iterator[Any]:
    """Yield the identity of each entry of a list on the way to a place, and the value there if it is a plain one."""
    node: Any = dossier
    for step in at.steps:
        above, node = node, _below(node, step)
        if isinstance(above, Sequence) and node is not None:
            yield [getattr(node, name, None) for name in _IDENTITY] if _has_parts(node) else node
    if not _has_parts(node):
        yield node


def _below(node: Any, step: str) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    if isinstance(node, list | tuple):
        return node[int(step)] if step.isdecimal() and int(step) < len(node) else None
    return getattr(node, step, None)


def _has_parts(node: Any) -> bool:
    return isinstance(node, dict | list | tuple) or hasattr(node, "__dataclass_fields__")
