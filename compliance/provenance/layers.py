"""
Find the tensors that repeat in each layer and those outside, by the index in their names or by how often a shape occurs.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from compliance.provenance.tensors import Tensor

# An index is used if at least this share of tensor names have it; otherwise shapes are counted (provenance.md §2.2).
LEAST_COVERED = 0.6
DEPTHS = range(4, 200)
_LEAST_INDEXES = 2
_COMPONENT = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]*?)(\d+)(?![A-Za-z0-9])")

Shapes = Counter[tuple[int, ...]]


@dataclass(slots=True)
class Layers:
    """The shapes of the most common layer, the number of layers, and the shapes outside the layers."""

    shapes: Shapes
    depth: int
    outside: Shapes
    # The names inside a layer, with `{}` for numbers, and those outside; empty if the layers cannot be distinguished.
    inside_names: dict[str, tuple[int, ...]] = field(default_factory=dict)
    outside_names: dict[str, tuple[int, ...]] = field(default_factory=dict)
    is_indexed: bool = False


def layers_of(tensors: Sequence[Tensor]) -> Layers | None:
    """Return the layers of a model, or None if nothing repeats."""
    return _by_index(tensors) or _by_multiplicity(tensors)


def pattern_of(name: str) -> str:
    """Return a name with `{}` for each separate number: `model.layers.{}.mlp.up_proj.weight`."""
    return _NUMBER.sub("{}", name)


_NUMBER = re.compile(r"(?<![A-Za-z0-9])\d+(?![A-Za-z0-9])")


def _by_index(tensors: Sequence[Tensor]) -> Layers | None:
    prefix = _prefix(tensors)
    if prefix is None:
        return None
    inside: dict[int, list[Tensor]] = defaultdict(list)
    outside = []
    for tensor in tensors:
        index = _index_after(prefix, tensor.name)
        if index is None:
            outside.append(tensor)
        else:
            inside[index].append(tensor)
    shapes, layer = _usual(inside.values())
    usual = _patterns(layer)
    depth = sum(_is_layer(_patterns(tensors), usual) for tensors in inside.values())
    return Layers(
        shapes,
        depth,
        Counter(tensor.shape for tensor in outside),
        {pattern_of(tensor.name): tensor.shape for tensor in layer},
        {pattern_of(tensor.name): tensor.shape for tensor in outside},
        is_indexed=True,
    )


def _patterns(tensors: Iterable[Tensor]) -> set[str]:
    return {pattern_of(tensor.name) for tensor in tensors}


def _is_layer(here: set[str], usual: set[str]) -> bool:
    """
    Whether indexed tensors are a layer. A group with less than half the tensors of the usual layer is not (an extra head, a
    stray buffer); nor is the multi-token prediction module, which DeepSeek-V3 numbers as a layer after the last.
    """
    return 2 * len(here) >= len(usual) and not any(".eh_proj." in name for name in here)


def _prefix(tensors: Sequence[Tensor]) -> str | None:
    """Return the prefix of the layer index: the common beginning of most names before a number."""
    names: Counter[str] = Counter()
    indexes: dict[str, set[int]] = defaultdict(set)
    for tensor in tensors:
        for prefix, index in _numbers(tensor.name):
            names[prefix] += 1
            indexes[prefix].add(index)
    prefixes = [prefix for prefix, count in names.items() if count >= LEAST_COVERED * len(tensors)]
    prefixes = [prefix for prefix in prefixes if len(indexes[prefix]) >= _LEAST_INDEXES]
    return max(prefixes, key=lambda prefix: (names[prefix], len(indexes[prefix]), prefix), default=None)


def _numbers(name: str) -> Iterator[tuple[str, int]]:
    for found in _COMPONENT.finditer(name):
        if len(found[2]) <= 4:
            yield name[: found.start(2)], int(found[2])


def _index_after(prefix: str, name: str) -> int | None:
    if not name.startswith(prefix):
        return None
    found = re.match(r"(\d{1,4})(?![A-Za-z0-9])", name[len(prefix) :])
    return int(found[1]) if found else None


def _usual(layers: Iterable[list[Tensor]]) -> tuple[Shapes, list[Tensor]]:
    """Return the most common layer; the first (without experts) and the last (incomplete) may differ from it."""
    by_shapes: dict[frozenset[tuple[tuple[int, ...], int]], list[list[Tensor]]] = defaultdict(list)
    for tensors in layers:
        by_shapes[frozenset(Counter(tensor.shape for tensor in tensors).items())].append(tensors)
    shapes = max(by_shapes, key=lambda shapes: (len(by_shapes[shapes]), sum(count for _, count in shapes)))
    return Counter(dict(shapes)), by_shapes[shapes][0]


def _by_multiplicity(tensors: Sequence[Tensor]) -> Layers | None:
    """Find layers without an index: the largest depth L for which most shapes occur L·k times, or a few times more."""
    counts = Counter(tensor.shape for tensor in tensors)
    depth = max(DEPTHS, key=lambda depth: (_explained(counts, depth), depth))
    if 2 * _explained(counts, depth) < len(tensors):
        return None
    inside = Counter({shape: count // depth for shape, count in counts.items() if _fits(shape, count, depth)})
    outside = Counter({shape: count - depth * inside[shape] for shape, count in counts.items()})
    return Layers(
        inside,
        depth,
        +outside,
        {pattern_of(tensor.name): tensor.shape for tensor in tensors if inside[tensor.shape]},
        {pattern_of(tensor.name): tensor.shape for tensor in tensors if not inside[tensor.shape]},
    )


def _explained(counts: Shapes, depth: int) -> int:
    return sum(count for shape, count in counts.items() if _fits(shape, count, depth))


def _fits(shape: tuple[int, ...], count: int, depth: int) -> bool:
    """Whether a count fits a depth: at most two matrices or four vectors (two norms with biases) of a shape are outside."""
    return count >= depth and count % depth <= (4 if len(shape) == 1 else 2)
