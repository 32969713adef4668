"""Changing single places of a document, for examples and tests."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from compliance.dossier.pointer import Pointer

ABSENT = object()


def changed(document: Any, changes: Mapping[str, Any]) -> Any:
    """
    Return a copy of a document with `changes` applied, which map JSON Pointers to values. ABSENT removes a field or an
    entry; `/list/-` appends. Raises KeyError or IndexError if a place does not exist.
    """
    copied = copy.deepcopy(document)
    for pointer, value in changes.items():
        _change(copied, Pointer(pointer).steps, value if value is ABSENT else copy.deepcopy(value))
    return copied


def _change(node: Any, steps: list[str], value: Any) -> None:
    for step in steps[:-1]:
        node = node[int(step)] if isinstance(node, list) else node[step]
    last = steps[-1]
    if isinstance(node, list) and last == "-":
        node.append(value)
    elif value is ABSENT:
        del node[int(last) if isinstance(node, list) else last]
    else:
        node[int(last) if isinstance(node, list) else last] = value
