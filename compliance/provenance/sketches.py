"""
Read and compare weight sketches: a few kilobytes that show whether two models share weights.

Source of the format `weight-sketch/1` and of the thresholds: the registry's reference on model provenance, §2.5. The thresholds
were measured on toy models. After a match, ask the filer and recompute the sketch from the weights before drawing conclusions.
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
# Thresholds for the cosine of count sketches, the correlation of anchor matrices, and the correlation of the standard
# deviations of attention weights.
CS_MATCH, CS_INDEPENDENT = 0.2, 0.06
GRAM_MATCH, GRAM_ALONE, PDF_ALONE = 0.8, 0.85, 0.93
# The threshold without comparable embeddings. Two models with the same random initialization had a cosine of 0.66, descendants
# 0.94 or more (provenance.md §3): only nearly identical sketches match.
CS_ALONE = 0.9
# The share of layers that must be comparable for a verdict on the whole model.
LEAST_COVERED = 0.5

Floats = NDArray[np.float64]
Part = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class TensorSketch:
    """The sketch of one tensor: shape, standard deviation, count sketch, and cosines of its anchor rows."""

    shape: tuple[int, ...]
    std: float | None
    sums: Floats | None
    gram: Floats | None


@dataclass(frozen=True, slots=True)
class Sketch:
    """A weight sketch; count sketches are comparable if `seed` is the same, anchors if the tokens are the same."""

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
    The comparison of the weights of two models: `verdict`, and three measures (None if one cannot be computed).
    """

    verdict: str
    cs: float | None = None
    gram: float | None = None
    pdf: float | None = None

    def is_stronger_than(self, other: Weights) -> bool:
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
    """Renumber the layers consecutively, since a gap in the numbers is not a layer."""
    layers = {layer: place for place, layer in enumerate(sorted({layer for _, layer in parts if layer is not None}))}
    return {(role, None if layer is None else layers[layer]): part for (role, layer), part in parts.items()}


def _anchors(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the anchors: token strings if given, otherwise row numbers."""
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
    """Decode half-precision, little-endian numbers from base64."""
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
        # The same random initialization gives this result, too; without comparable embeddings the two cannot be distinguished.
        return SHARED_PARTS
    return UNDECIDED


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _count_sketches(found: Sketch, reference: Sketch) -> tuple[float | None, float]:
    """
    Return the mean cosine of each comparable layer with the best matching layer of the reference, and the share of layers
    that are comparable.
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
    """Yield for each role a table of cosines (layers by reference layers); nan if shapes differ or a layer is missing."""
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
    """Return the layers that have a count sketch of a role, with the shape of the tensor."""
    return [
        (layer, part.shape)
        for (name, layer), part in sketch.parts.items()
        if name == role and layer is not None and part.sums is not None
    ]


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1.0)


def _anchor_matrices(found: Sketch, reference: Sketch) -> float | None:
    """Return the correlation of the cosines between anchor embeddings; None if the anchors differ."""
    if not found.anchors or found.anchors != reference.anchors:
        return None
    here, there = found.parts.get(("embed", None)), reference.parts.get(("embed", None))
    if here is None or there is None or here.gram is None or there.gram is None:
        return None
    return _correlation(here.gram, there.gram)


def _spreads(found: Sketch, reference: Sketch) -> float | None:
    """
    Return the mean, over q, k, v and o, of the correlation of their standard deviations along the layers: a weak signal, used
    only together with the others. Models of different depth are interpolated to the same length.
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
