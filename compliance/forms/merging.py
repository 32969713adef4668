"""Merging what two people entered at the same time, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from compliance.dossier.pointer import Pointer
from compliance.forms.answers import ABSENT


@dataclass(frozen=True, slots=True)
class Merged:
    """
    A tree with the changes of both sides, and the places that both changed differently, at which it has `mine`; and the places
    that only the other side changed.
    """

    tree: Any
    conflicts: tuple[Pointer, ...]
    of_other: tuple[Pointer, ...]


def merge(base: Any, mine: Any, other: Any, at: Pointer) -> Merged:
    """Merge two changes of the same tree. A list that was made longer or shorter is one value."""
    if other in (mine, base):
        return Merged(mine, (), ())
    if all(isinstance(tree, dict) for tree in (mine, other)):
        return _objects(base if isinstance(base, dict) else {}, mine, other, at)
    if all(_is_list_of_parts(tree) for tree in (base, mine, other)) and len(base) == len(mine) == len(other):
        return _entries(base, mine, other, at)
    return Merged(other, (), (at,)) if mine == base else Merged(mine, (at,), ())


def _is_list_of_parts(tree: Any) -> bool:
    return isinstance(tree, list) and all(isinstance(entry, dict) for entry in tree)


def _objects(base: dict[str, Any], mine: dict[str, Any], other: dict[str, Any], at: Pointer) -> Merged:
    names = [*mine, *(name for name in other if name not in mine)]
    merged = {
        name: merge(base.get(name, ABSENT), mine.get(name, ABSENT), other.get(name, ABSENT), at / name)
        for name in names
    }
    tree = {name: part.tree for name, part in merged.items() if part.tree is not ABSENT}
    return _joined(tree, list(merged.values()))


def _entries(base: list[Any], mine: list[Any], other: list[Any], at: Pointer) -> Merged:
    merged = [merge(*three, at / i) for i, three in enumerate(zip(base, mine, other, strict=True))]
    return _joined([part.tree for part in merged], merged)


def _joined(tree: Any, parts: list[Merged]) -> Merged:
    conflicts = tuple(place for part in parts for place in part.conflicts)
    return Merged(tree, conflicts, tuple(place for part in parts for place in part.of_other))
