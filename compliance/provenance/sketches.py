"""
Weight sketches: a few kilobytes that tell whether two models share weights, and the comparison of two of them.

Format `weight-sketch/1` and thresholds: the registry's reference on model provenance, §2.5. The thresholds were measured on toy
models; a match is a reason to ask, and to compute the sketch again from the weights, before anybody is accused.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compliance.provenance.faults import Unusable
from compliance.provenance.tensors import MOST_TENSORS

FORMAT = "weight-sketch/1"
BUCKETS = 256
ROLES = ("q", "k", "v", "o", "gate", "up", "down", "n1", "n2", "nf", "embed", "head")
MATRICES = ("q", "k", "v", "o", "gate", "up", "down")
ATTENTION = ("q", "k", "v", "o")
MOST_ANCHORS = 1_024
MOST_LAYERS = 1_000

MATCH, INDEPENDENT, UNDECIDED, SHARED_PARTS, NOT_COMPARABLE = (
    "match",
    "independent",
    "undecided",
    "shared_parts",
    "not_comparable",
)
# Thresholds on the cosine of count-sketches, the correlation of anchor matrices, that of the spreads of attention weights.
CS_MATCH, CS_INDEPENDENT = 0.2, 0.06
GRAM_MATCH, GRAM_ALONE, PDF_ALONE = 0.8, 0.85, 0.93
# Without comparable embeddings the count-sketches stand alone. Two models from one random start came to 0.66, descendants to
# 0.94 and more (provenance.md §3): only what is nearly the same matches.
CS_ALONE = 0.9
# The share of layers that must have anything to compare before a word is said about the whole.
LEAST_COVERED = 0.5

Floats = NDArray[np.float64]
Part = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class TensorSketch:
    """What is kept of one tensor: its shape, the spread of its values, its count-sketch, the cosines of its anchor rows."""

    shape: tuple[int, ...]
    std: float | None
    sums: Floats | None
    gram: Floats | None


@dataclass(frozen=True, slots=True)
class Sketch:
    """A weight sketch; count-sketches are comparable under the same `seed`, anchors under the same tokens."""

    seed: str
    anchors: tuple[str, ...]
    parts: Mapping[Part, TensorSketch] = field(default_factory=dict)

    @property
    def depth(self) -> int:
        return 1 + max((layer for _, layer in self.parts if layer is not None), default=-1)

    @property
    def shapes(self) -> Mapping[Part, tuple[int, ...]]:
        return {part: sketch.shape for part, sketch in self.parts.items()}


@dataclass(frozen=True, slots=True)
class Weights:
    """
    How the weights of two models compare: `verdict`, and the three measures as far as they can be taken (None otherwise).
    """

    verdict: str
    cs: float | None = None
    gram: float | None = None
    pdf: float | None = None

    def says_more_than(self, other: Weights) -> bool:
        order = (MATCH, SHARED_PARTS, UNDECIDED, INDEPENDENT, NOT_COMPARABLE)
        return order.index(self.verdict) < order.index(other.verdict)


def read_sketch(document: Any) -> Sketch:
    """
    Read a sketch file.

    Raises Unusable: `not_an_object`, `not_a_sketch`, `too_many_tensors`, `bad_tensor` (with the place), `bad_anchors`.
    """
    if not isinstance(document, Mapping):
        raise Unusable("not_an_object")
    tensors, seed = document.get("tensors"), document.get("seed")
    if document.get("format") != FORMAT or document.get("k") != BUCKETS or not isinstance(seed, str | int):
        raise Unusable("not_a_sketch", found=str(document.get("format"))[:40], asked=FORMAT)
    if not isinstance(tensors, list) or len(tensors) > MOST_TENSORS:
        if not isinstance(tensors, list):
            raise Unusable("not_a_sketch", asked=FORMAT)
        raise Unusable("too_many_tensors", found=len(tensors), limit=MOST_TENSORS)
    anchors = _anchors(document)
    parts: dict[Part, TensorSketch] = {}
    for i, entry in enumerate(tensors):
        part, sketch = _tensor(f"/tensors/{i}", entry, len(anchors))
        if part in parts:
            raise Unusable("bad_tensor", f"/tensors/{i}")
        parts[part] = sketch
    return Sketch(str(seed)[:200], anchors, _numbered(parts))


def _numbered(parts: dict[Part, TensorSketch]) -> dict[Part, TensorSketch]:
    """The layers by their order, whatever their numbers: a gap in them is no layer."""
    layers = {layer: place for place, layer in enumerate(sorted({layer for _, layer in parts if layer is not None}))}
    return {(role, None if layer is None else layers[layer]): part for (role, layer), part in parts.items()}


def _anchors(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Anchors are rows for tokens: by their strings where those are given, else by their numbers."""
    anchors = document.get("anchor_tokens") or document.get("anchors") or []
    if not isinstance(anchors, list) or len(anchors) > MOST_ANCHORS:
        raise Unusable("bad_anchors")
    return tuple(f"{type(anchor).__name__}:{anchor}"[:200] for anchor in anchors)


def _tensor(at: str, entry: Any, anchors: int) -> tuple[Part, TensorSketch]:
    if not isinstance(entry, Mapping) or entry.get("role") not in ROLES:
        raise Unusable("bad_tensor", at)
    layer, shape, std = entry.get("layer"), entry.get("shape"), entry.get("std")
    if layer is not None and not (isinstance(layer, int) and not isinstance(layer, bool) and 0 <= layer < MOST_LAYERS):
        raise Unusable("bad_tensor", at)
    if not isinstance(shape, list) or not all(isinstance(side, int) and 0 < side < 2**34 for side in shape):
        raise Unusable("bad_tensor", at)
    if std is not None and not (isinstance(std, int | float) and 0 <= std < 1e30):
        raise Unusable("bad_tensor", at)
    sums = _floats(at, entry.get("cs256_f16"), BUCKETS)
    gram = _floats(at, entry.get("anchor_gram_f16"), anchors * (anchors - 1) // 2)
    return (entry["role"], layer), TensorSketch(tuple(shape), None if std is None else float(std), sums, gram)


def _floats(at: str, written: Any, count: int) -> Floats | None:
    """Half-precision numbers, little-endian, in base64."""
    if written is None:
        return None
    try:
        raw = base64.b64decode(written, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise Unusable("bad_tensor", at) from error
    if len(raw) != 2 * count:
        raise Unusable("bad_tensor", at)
    numbers = np.frombuffer(raw, dtype="<f2").astype(np.float64)
    if not np.isfinite(numbers).all():
        raise Unusable("bad_tensor", at)
    return numbers


def compared(found: Sketch, reference: Sketch) -> Weights:
    """Compare the weights of two models by their sketches, with the thresholds of the reference."""
    cs, covered = _count_sketches(found, reference)
    gram = _anchor_matrices(found, reference)
    pdf = _spreads(found, reference)
    return Weights(_verdict(cs, gram, pdf, covered), _rounded(cs), _rounded(gram), _rounded(pdf))


def _verdict(cs: float | None, gram: float | None, pdf: float | None, covered: float = 1.0) -> str:
    if cs is None and gram is None:
        return NOT_COMPARABLE
    is_covered = covered >= LEAST_COVERED
    if gram is not None and is_covered and ((cs or 0) >= CS_MATCH and gram >= GRAM_MATCH):
        return MATCH
    if gram is None and cs is not None and cs >= CS_ALONE and is_covered:
        return MATCH
    if gram is not None and gram >= GRAM_ALONE and pdf is not None and pdf >= PDF_ALONE:
        return MATCH
    if cs is not None and cs < CS_INDEPENDENT and is_covered and (gram is None or gram < GRAM_MATCH):
        return INDEPENDENT
    if cs is not None and cs >= CS_MATCH:
        # The same random start gives this too. Without comparable embeddings nothing tells the two apart.
        return SHARED_PARTS
    return UNDECIDED


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _count_sketches(found: Sketch, reference: Sketch) -> tuple[float | None, float]:
    """
    The mean, over the layers found that can be compared, of the cosine with the layer of the reference that fits best; and
    the share of layers that can be compared.
    """
    if found.seed != reference.seed:
        return None, 1.0
    cosines = list(_cosines_by_role(found, reference))
    if not cosines:
        return None, 0.0
    with np.errstate(invalid="ignore"):
        known = ~np.isnan(cosines)
        summed = np.where(known, cosines, 0.0).sum(axis=0)
        mean = np.divide(summed, known.sum(axis=0), out=np.full(summed.shape, -1.0), where=known.any(axis=0))
        comparable = known.any(axis=(0, 2))
    return float(mean[comparable].max(axis=1).mean()), float(comparable.mean())


def _cosines_by_role(found: Sketch, reference: Sketch) -> Iterator[Floats]:
    """For each role a table of cosines, layers found by layers of the reference; nan where shapes differ or one is missing."""
    for role in MATRICES:
        here, there = _sums(found, role), _sums(reference, role)
        shapes = {shape for _, shape in here if shape in {shape for _, shape in there}}
        if not shapes:
            continue
        table = np.full((found.depth, reference.depth), np.nan)
        for shape in shapes:
            rows, columns = [i for i, of in here if of == shape], [i for i, of in there if of == shape]
            one = _unit(np.stack([found.parts[role, i].sums for i in rows]))  # type: ignore[misc]
            other = _unit(np.stack([reference.parts[role, i].sums for i in columns]))  # type: ignore[misc]
            table[np.ix_(rows, columns)] = one @ other.T
        yield table


def _sums(sketch: Sketch, role: str) -> list[tuple[int, tuple[int, ...]]]:
    """The layers that have a count-sketch of a role, with the shape of the tensor."""
    return [
        (layer, part.shape)
        for (name, layer), part in sketch.parts.items()
        if name == role and layer is not None and part.sums is not None
    ]


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1.0)


def _anchor_matrices(found: Sketch, reference: Sketch) -> float | None:
    """The correlation of the cosines among the embeddings of the same tokens; None without common tokens."""
    if not found.anchors or found.anchors != reference.anchors:
        return None
    here, there = found.parts.get(("embed", None)), reference.parts.get(("embed", None))
    if here is None or there is None or here.gram is None or there.gram is None:
        return None
    return _correlation(here.gram, there.gram)


def _spreads(found: Sketch, reference: Sketch) -> float | None:
    """
    The mean, over q, k, v and o, of the correlation of their spreads along the layers; a weak sign, used beside the others
    only. Models of other depth are stretched to the same length.
    """
    correlations = []
    for role in ATTENTION:
        one, other = _profile(found, role), _profile(reference, role)
        if one is None or other is None:
            return None
        stretched = np.interp(np.linspace(0, 1, len(other)), np.linspace(0, 1, len(one)), one)
        correlations.append(_correlation(stretched, other))
    known = [correlation for correlation in correlations if correlation is not None]
    return sum(known) / len(known) if len(known) == len(ATTENTION) else None


def _profile(sketch: Sketch, role: str) -> Floats | None:
    whole = [layer for layer in range(sketch.depth) if all((each, layer) in sketch.parts for each in ATTENTION)]
    spreads = [part.std for layer in whole if (part := sketch.parts[role, layer]).std is not None]
    return np.array(spreads) if len(spreads) == len(whole) and spreads else None


def _correlation(one: Floats, other: Floats) -> float | None:
    if len(one) != len(other) or len(one) < 3 or one.std() == 0 or other.std() == 0:
        return None
    return float(np.corrcoef(one, other)[0, 1])
