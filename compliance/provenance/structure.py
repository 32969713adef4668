"""
Derive the canonical structure of a model from shapes, ignoring names: the layer block with its roles, depth, vocabulary.

Source: the registry's reference on model provenance, §2.2. A structure identifies an architecture, never weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from compliance.provenance.layers import Layers, Shapes, layers_of
from compliance.provenance.tensors import Tensor

GATED, PLAIN, EXPERTS = "gated", "plain", "experts"
EXPERT_COUNTS = range(2, 1025)
LEAST_POSITIONS = 256


@dataclass(frozen=True, slots=True)
class Block:
    """
    The characteristics of a layer: the width, the widths of queries and keys, the inner width and kind of the feed-forward
    part, the number of experts and the inner width of shared experts, and `vectors` (the total size of all vectors divided by
    the width), which covers biases and norms whether fused or not.
    """

    width: int
    q: int
    kv: int
    ff: int
    mlp: str
    experts: int = 0
    shared: int = 0
    vectors: Fraction = Fraction(0)


class Hints(Protocol):
    """The widths of queries and keys from a configuration."""

    @property
    def q(self) -> int | None: ...
    @property
    def kv(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles assigned to the matrices of a layer; `is_fused` if queries, keys and values are one matrix."""

    q: int
    kv: int
    ff: int
    mlp: str
    experts: int = 0
    shared: int = 0
    is_fused: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """
    A model as shown by its header. `block` is None if the roles cannot be derived (low-rank attention, state spaces); then
    only the shapes of a whole layer are compared. `heads` counts vocabulary matrices outside the layers.
    """

    block: Block | None
    layer: frozenset[tuple[tuple[int, ...], int]]
    width: int
    depth: int
    vocabulary: int | None
    heads: int
    positions: int | None
    is_fused: bool
    layers: Layers


def structure_of(tensors: Sequence[Tensor], hints: Hints) -> Structure | None:
    """Return the structure of a model, or None if no layers are found; `hints` only help to choose between interpretations."""
    width = _width(tensors)
    layers = layers_of(tensors)
    if width is None or layers is None:
        return None
    shapes = _unstacked(layers.shapes)
    roles = _roles(shapes, width, hints)
    vocabulary, heads, positions = _outside(layers.outside, width)
    return Structure(
        block=_block(roles, shapes, width) if roles else None,
        layer=raw_layer(shapes),
        width=width,
        depth=layers.depth,
        vocabulary=vocabulary,
        heads=heads,
        positions=positions,
        is_fused=bool(roles and roles.is_fused),
        layers=layers,
    )


def raw_layer(shapes: Shapes) -> frozenset[tuple[tuple[int, ...], int]]:
    """Return the shapes of a layer, ignoring orientation."""
    turned: Counter[tuple[int, ...]] = Counter()
    for shape, count in shapes.items():
        turned[tuple(sorted(shape))] += count
    return frozenset(turned.items())


def _width(tensors: Sequence[Tensor]) -> int | None:
    """Return the dimension that occurs in most matrices; a vector counts half."""
    counts: Counter[int] = Counter()
    for shape, count in _unstacked(Counter(tensor.shape for tensor in tensors)).items():
        if len(shape) == 2:
            for side in set(shape):
                counts[side] += 2 * count
        elif len(shape) == 1:
            counts[shape[0]] += count
    return max(counts, key=lambda side: (counts[side], side), default=None)


def _unstacked(shapes: Shapes) -> Shapes:
    """Split experts stored in one tensor [E, a, b] into E matrices."""
    found: Shapes = Counter()
    for shape, count in shapes.items():
        if len(shape) == 3 and shape[0] in EXPERT_COUNTS and min(shape[1:]) > 1:
            found[shape[1:]] += count * shape[0]
        else:
            found[shape] += count
    return found


def _block(roles: Roles, shapes: Shapes, width: int) -> Block:
    vectors = sum(shape[0] * count for shape, count in shapes.items() if len(shape) == 1)
    mass = Fraction(vectors, width)
    return Block(width, roles.q, roles.kv, roles.ff, roles.mlp, roles.experts, roles.shared, mass)


def _outside(outside: Shapes, width: int) -> tuple[int | None, int, int | None]:
    """Return the size of the vocabulary, how many matrices have it, and the number of learned positions."""
    others = {
        shape: (shape[1] if shape[0] == width else shape[0]) for shape in outside if len(shape) == 2 and width in shape
    }
    vocabulary = max(others.values(), default=None)
    heads = sum(outside[shape] for shape, other in others.items() if other == vocabulary)
    rest = [other for other in others.values() if other != vocabulary and other >= LEAST_POSITIONS]
    return vocabulary, heads, max(rest, default=None)


def _roles(shapes: Shapes, width: int, hints: Hints) -> Roles | None:
    """Assign roles to the matrices of a layer; None if a matrix has no side of the model's width."""
    others: Counter[int] = Counter()
    for shape, count in shapes.items():
        if len(shape) == 2:
            if width not in shape:
                return None
            others[shape[1] if shape[0] == width else shape[0]] += count
        elif len(shape) > 2:
            return None
    candidates = list(_interpretations(others))
    return max(candidates, key=lambda roles: _plausibility(roles, width, hints), default=None)


def _interpretations(others: Counter[int]) -> Iterator[Roles]:
    for ff, mlp, experts, shared, rest in (*_with_experts(others), *_without_experts(others)):
        for q, kv, is_fused in _attentions(rest):
            yield Roles(q, kv, ff, mlp, experts, shared, is_fused)


Feed = tuple[int, str, int, int, Counter[int]]


def _without_experts(others: Counter[int]) -> Iterator[Feed]:
    for ff, mlp, rest in _feeds(others):
        yield ff, mlp, 0, 0, rest


def _feeds(others: Counter[int], times: int = 1) -> Iterator[tuple[int, str, Counter[int]]]:
    """Yield the interpretations of a feed-forward part: gate, up, down; fused gate and up, down; up, down."""
    for ff in list(others):
        for parts, mlp in ((Counter({ff: 3}), GATED), (Counter({2 * ff: 1, ff: 1}), GATED), (Counter({ff: 2}), PLAIN)):
            needed = Counter({side: count * times for side, count in parts.items()})
            if needed <= others:
                yield ff, mlp, others - needed


def _with_experts(others: Counter[int]) -> Iterator[Feed]:
    """Yield interpretations with experts: a router with one row per expert, and optional shared experts with a one-row gate."""
    for experts in [side for side in others if side in EXPERT_COUNTS]:
        for ff, _, rest in _feeds(others - Counter({experts: 1}), experts):
            rest = rest - Counter({1: rest[1]})
            yield ff, EXPERTS, experts, 0, rest
            for shared, _, attention in _feeds(rest):
                yield ff, EXPERTS, experts, shared, attention


def _attentions(rest: Counter[int]) -> Iterator[tuple[int, int, bool]]:
    """Yield the interpretations of attention: q, q, kv, kv; fused q, k and v, and q; q, fused keys and values, q."""
    sides = sorted(rest.elements())
    if len(sides) == 4 and sides[0] == sides[1] and sides[2] == sides[3]:
        yield sides[3], sides[0], False
    if len(sides) == 2 and sides[0] < sides[1] and (sides[1] - sides[0]) % 2 == 0 and sides[1] <= 3 * sides[0]:
        yield sides[0], (sides[1] - sides[0]) // 2, True
    if len(sides) == 3:
        for q, both in {(sides[0], sides[2]), (sides[2], sides[0])}:
            if rest[q] >= 2 and both % 2 == 0 and both <= 2 * q:
                yield q, both // 2, True


def _plausibility(roles: Roles, width: int, hints: Hints) -> tuple[int, ...]:
    """Return the plausibility of an interpretation as a sort key; the last entries only break ties."""
    is_usual = roles.mlp == EXPERTS or 1.2 <= roles.ff / width <= 9
    return (
        _agreements(roles, hints),
        roles.q % roles.kv == 0,
        is_usual,
        roles.q == width,
        not roles.is_fused,
        roles.mlp != PLAIN,
        roles.ff,
    )


def _agreements(roles: Roles, hints: Hints) -> int:
    return (hints.q == roles.q) + (hints.kv == roles.kv)
