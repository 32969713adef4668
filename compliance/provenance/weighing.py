"""What sketches and file hashes say of weights: the only parts of evidence that can say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from compliance.provenance import findings as codes
from compliance.provenance.comparing import IDENTICAL, NONE, Comparison
from compliance.provenance.faults import Unusable
from compliance.provenance.sketches import INDEPENDENT, NOT_COMPARABLE, Sketch, compared, read_sketch
from compliance.provenance.structure import Structure
from compliance.provenance.verdict import Verdict


def judge_weights(
    verdict: Verdict,
    evidence: Mapping[str, Any],
    sketches: Sequence[tuple[str, Sketch]],
    public_files: Mapping[str, str],
) -> None:
    hashes = evidence.get("file_hashes")
    for file, digest in hashes.items() if isinstance(hashes, Mapping) else ():
        if isinstance(digest, str) and (name := public_files.get(digest.lower())):
            verdict.same_files[str(file)] = name
    _weigh(verdict, evidence, sketches)
    told = [weights.verdict for weights in verdict.weights.values()]
    if verdict.matched:
        verdict.found.add(codes.WEIGHTS_MATCH)
    elif told and all(answer == INDEPENDENT for answer in told):
        verdict.found.add(codes.WEIGHTS_INDEPENDENT)
    if any(not verdict.is_declared(name) for name in verdict.matched):
        verdict.found.add(codes.UNDECLARED_WEIGHT_REUSE)


def _weigh(verdict: Verdict, evidence: Mapping[str, Any], sketches: Sequence[tuple[str, Sketch]]) -> None:
    document = evidence.get("weight_sketch")
    if document is None:
        return
    try:
        found = read_sketch(document)
        beside = evidence.get("reference_sketches")
        read = {str(name): read_sketch(each) for name, each in (beside.items() if isinstance(beside, Mapping) else ())}
    except Unusable as fault:
        verdict.faults.append(("weight_sketch", fault))
        return
    verdict.has_sketch = True
    for name, reference in [*sketches, *read.items()]:
        weights = compared(found, reference)
        held = verdict.weights.get(name)
        # A model may have several sketches, under several seeds; what says most counts.
        if weights.verdict != NOT_COMPARABLE and (held is None or weights.says_more_than(held)):
            verdict.weights[name] = weights
        _compare_shapes(verdict, found, reference)


def _compare_shapes(verdict: Verdict, found: Sketch, reference: Sketch) -> None:
    """A reference sketch shows a structure too: that of a model that the table may not have."""
    if verdict.comparison.kind == NONE and _is_of(found, verdict.structure) and found.shapes == reference.shapes:
        verdict.comparison = Comparison(IDENTICAL)
        verdict.found = (verdict.found - {codes.STRUCT_NONE}) | {codes.STRUCT_IDENTICAL}


def _is_of(sketch: Sketch, structure: Structure | None) -> bool:
    """Whether a sketch can be that of a structure: as deep, and as large a vocabulary of the same width."""
    if structure is None or structure.vocabulary is None:
        return False
    embed = sketch.shapes.get(("embed", None), ())
    return sketch.depth == structure.depth and sorted(embed) == sorted((structure.vocabulary, structure.width))
