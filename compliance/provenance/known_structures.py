"""
The known models that evidence is compared with, found by what they hold.

What a verdict needs of each is compiled into `known_structures.jsonl` by `make docs`, one model a line: the values of a Reference,
in the order of its fields. A verdict asks for the few that have its layers, its width or its id; only their lines are read.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from compliance.provenance.references import Raw, Reference, schemes
from compliance.provenance.structure import Block

COMPILED = Path(__file__).parent / "known_structures.jsonl"


class References:
    """Known models: those of the table, except of some families, and those that a registry added. Iterating reads all."""

    def __init__(self, added: Sequence[Reference] = (), *, without: Collection[str] = ()) -> None:
        self.added, self._without = tuple(added), frozenset(without)

    def __iter__(self) -> Iterator[Reference]:
        return self._known(_lines())

    def __len__(self) -> int:
        return sum(1 for _ in self) if self._without else len(_lines()) + len(self.added)

    def with_layers(self, layers: Block | Raw) -> Iterator[Reference]:
        """Yield those whose layers are the same: their block, or their shapes if its roles are not known."""
        row = _block_row(layers) if isinstance(layers, Block) else sorted(layers)
        return (each for each in self._holding(f", {_text(row)}, ") if layers in (each.block, each.layer))

    def with_width(self, width: int) -> Iterator[Reference]:
        """Yield those whose configuration has a width."""
        return (each for each in self._holding(f", [{width}, ") if each.configuration[0] == width)

    def with_tokenizer(self) -> Iterator[Reference]:
        """Yield those whose tokenizer is known."""
        return (each for each in self._holding('"merge_rule_hash": ') if each.tokenizer)

    def has(self, id: str) -> bool:
        return any(each.id == id for each in self._holding(f"[{_text(id)}, "))

    def _holding(self, text: str) -> Iterator[Reference]:
        """Yield those in whose lines a text stands, and all that were added."""
        sought = text.encode()
        return self._known(line for line in _lines() if sought in line)

    def _known(self, lines: Iterable[bytes]) -> Iterator[Reference]:
        yield from (each for each in map(_reference, lines) if each.family not in self._without)
        yield from self.added


@dataclass(frozen=True, slots=True)
class NamesInFiles:
    """What the models of the table are called in their files: their classes, with the families that have them; their types."""

    classes: Mapping[str, frozenset[str]]
    types: frozenset[str]
    number_of_layers: int


@cache
def references() -> References:
    """Return the known models of the table."""
    return References()


@cache
def names_in_files() -> NamesInFiles:
    """Return what the models of the table are called in their files, and how many of them a header can be compared with."""
    classes, types, layers = defaultdict[str, set[str]](set), set[str](), 0
    for each in references():
        types.add(each.model_type)
        layers += each.block is not None or each.layer is not None
        for name in each.classes:
            classes[name].add(each.family)
    return NamesInFiles({name: frozenset(found) for name, found in classes.items()}, frozenset(types), layers)


def compiled(known: Iterable[Reference]) -> str:
    """Return what evidence is compared with, as the compiled file has it."""
    return "".join(f"{_text(_row(reference))}\n" for reference in known)


def _row(reference: Reference) -> list[Any]:
    row = {field.name: getattr(reference, field.name) for field in fields(Reference)}
    row["block"] = reference.block and _block_row(reference.block)
    row["layer"] = reference.layer and sorted(reference.layer)
    row["scheme"] = reference.scheme and reference.scheme.name
    return list(row.values())


def _block_row(block: Block) -> list[Any]:
    *sizes, mass = (getattr(block, field.name) for field in fields(Block))
    return [*sizes, *mass.as_integer_ratio()]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@cache
def _lines() -> list[bytes]:
    return COMPILED.read_bytes().splitlines()


@lru_cache(maxsize=64)
def _reference(line: bytes) -> Reference:
    row = dict(zip((field.name for field in fields(Reference)), json.loads(line), strict=True))
    if row["block"]:
        *sizes, mass, divisor = row["block"]
        sizes.append(Fraction(mass, divisor))
        row["block"] = Block(*sizes)
    if row["layer"]:
        row["layer"] = frozenset((tuple(shape), count) for shape, count in row["layer"])
    row["scheme"] = schemes().get(row["scheme"])
    row["classes"], row["configuration"] = tuple(row["classes"]), tuple(row["configuration"])
    return Reference(**row)
