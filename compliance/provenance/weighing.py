"""Assess weights by sketches and file hashes, the only evidence about weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from compliance.provenance import findings as codes
from compliance.provenance.comparing import IDENTICAL, NONE, Comparison
from compliance.provenance.faults import Unusable
from compliance.provenance.sketches import INDEPENDENT, NOT_COMPARABLE, Sketch, compared, read_sketch
from compliance.provenance.structure import Structure
from compliance.provenance.verdict import Verdict


def assess_weights(
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
    verdicts = [weights.verdict for weights in verdict.weights.values()]
    if verdict.matched:
        verdict.found.add(codes.WEIGHTS_MATCH)
    elif verdicts and all(each == INDEPENDENT for each in verdicts):
        verdict.found.add(codes.WEIGHTS_INDEPENDENT)
    if any(not verdict.is_declared(name) for name in verdict.matched):
        verdict.found.add(codes.UNDECLARED_WEIGHT_REUSE)


def _weigh(verdict: Verdict, evidence: Mapping[str, Any], sketches: Sequence[tuple[str, Sketch]]) -> None:
    document = evidence.get("weight_sketch")
    if document is None:
        return
    try:
        found = read_sketch(document)
        local = evidence.get("reference_sketches")
        read = {str(name): read_sketch(each) for name, each in (local.items() if isinstance(local, Mapping) else ())}
    except Unusable as fault:
        verdict.faults.append(("weight_sketch", fault))
        return
    verdict.has_sketch = True
    for name, reference in [*sketches, *read.items()]:
        weights = compared(found, reference)
        strongest = verdict.weights.get(name)
        # A model may have several sketches with different seeds; the strongest verdict counts.
        if weights.verdict != NOT_COMPARABLE and (strongest is None or weights.is_stronger_than(strongest)):
            verdict.weights[name] = weights
        _compare_shapes(verdict, found, reference)


def _compare_shapes(verdict: Verdict, found: Sketch, reference: Sketch) -> None:
    """Report an identical structure if the shapes equal those of a reference sketch, whose model may not be in the table."""
    if (
        verdict.comparison.kind == NONE
        and _may_belong_to(found, verdict.structure)
        and found.shapes == reference.shapes
    ):
        verdict.comparison = Comparison(IDENTICAL)
        verdict.found = (verdict.found - {codes.STRUCT_NONE}) | {codes.STRUCT_IDENTICAL}


def _may_belong_to(sketch: Sketch, structure: Structure | None) -> bool:
    """Whether a sketch can belong to a structure: same depth, vocabulary and width."""
    if structure is None or structure.vocabulary is None:
        return False
    embed = sketch.shapes.get(("embed", None), ())
    return sketch.depth == structure.depth and sorted(embed) == sorted((structure.vocabulary, structure.width))
