"""
Which tensors repeat from layer to layer, and which stand outside: by the index in their names, or by how often a shape occurs.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from compliance.provenance.tensors import Tensor

# An index counts where it is in the names of so many tensors; else shapes are counted (provenance.md §2.2).
LEAST_COVERED = 0.6
DEPTHS = range(4, 200)
_LEAST_INDEXES = 2
_COMPONENT = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]*?)(\d+)(?![A-Za-z0-9])")

Shapes = Counter[tuple[int, ...]]


@dataclass(slots=True)
class Layers:
    """The shapes of one layer as most layers have them, how many layers there are, and the shapes outside of them."""

    shapes: Shapes
    depth: int
    outside: Shapes
    # The names within a layer, with `{}` for numbers, and those outside; empty where nothing tells the layers apart.
    inside_names: dict[str, tuple[int, ...]] = field(default_factory=dict)
    outside_names: dict[str, tuple[int, ...]] = field(default_factory=dict)
    is_indexed: bool = False


def layers_of(tensors: Sequence[Tensor]) -> Layers | None:
    """Return the layers of a model, or None where nothing repeats."""
    return _by_index(tensors) or _by_multiplicity(tensors)


def pattern_of(name: str) -> str:
    """A name with `{}` for each number that stands alone: `model.layers.{}.mlp.up_proj.weight`."""
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
    depth = sum(_is_layer(tensors, layer) for tensors in inside.values())
    return Layers(
        shapes,
        depth,
        Counter(tensor.shape for tensor in outside),
        {pattern_of(tensor.name): tensor.shape for tensor in layer},
        {pattern_of(tensor.name): tensor.shape for tensor in outside},
        is_indexed=True,
    )


def _is_layer(tensors: list[Tensor], usual: list[Tensor]) -> bool:
    """
    What holds little of what the usual layer holds is none: an extra head, a stray buffer. Nor is what predicts tokens
    further ahead, which DeepSeek-V3 numbers as a layer after the last.
    """
    here, there = ({pattern_of(tensor.name) for tensor in each} for each in (tensors, usual))
    return 2 * len(here) >= len(there) and not any(".eh_proj." in name for name in here)


def _prefix(tensors: Sequence[Tensor]) -> str | None:
    """What stands before the layer index: the number that most names have after the same beginning."""
    names: Counter[str] = Counter()
    indexes: dict[str, set[int]] = defaultdict(set)
    for tensor in tensors:
        for prefix, index in _numbers(tensor.name):
            names[prefix] += 1
            indexes[prefix].add(index)
    told = [prefix for prefix, count in names.items() if count >= LEAST_COVERED * len(tensors)]
    told = [prefix for prefix in told if len(indexes[prefix]) >= _LEAST_INDEXES]
    return max(told, key=lambda prefix: (names[prefix], len(indexes[prefix]), prefix), default=None)


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
    """The layer that occurs most: a first layer without experts, or a last one cut short, is not how the model is built."""
    by_shapes: dict[frozenset[tuple[tuple[int, ...], int]], list[list[Tensor]]] = defaultdict(list)
    for tensors in layers:
        by_shapes[frozenset(Counter(tensor.shape for tensor in tensors).items())].append(tensors)
    shapes = max(by_shapes, key=lambda shapes: (len(by_shapes[shapes]), sum(count for _, count in shapes)))
    return Counter(dict(shapes)), by_shapes[shapes][0]


def _by_multiplicity(tensors: Sequence[Tensor]) -> Layers | None:
    """Without an index: the depth L for which most shapes occur L·k times, or a few more; the largest such."""
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
    """Outside of the layers stand at most two matrices of a shape, and four vectors: two norms with their biases."""
    return count >= depth and count % depth <= (4 if len(shape) == 1 else 2)
