"""Comparison of whole tokenizers, and the thresholds for weight sketches."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compliance.provenance import findings as codes
from compliance.provenance import sketches, tokenizers
from compliance.provenance.assessing import assess
from compliance.provenance.tokenizers import likeness, read_vocabulary
from compliance.provenance.wording import as_text
from registry.reference.base_models import base_models

CASES = Path(__file__).parent.parent / "examples" / "provenance"
BASE = [f"t{i}" for i in range(100)]


@pytest.mark.parametrize(
    ("found", "kind", "more"),
    [
        (BASE, tokenizers.IDENTICAL, 0),
        ([*BASE, "a", "b"], tokenizers.EXTENDED, 2),
        (BASE[:90], tokenizers.SHORTENED, -10),
        (BASE[::-1], tokenizers.PERMUTED, 0),
        ([*BASE[:80], *[f"x{i}" for i in range(20)]], tokenizers.PARTIAL, 0),
        ([f"x{i}" for i in range(100)], tokenizers.UNRELATED, 0),
    ],
)
def test_a_vocabulary_is_compared_by_id_then_as_a_set(found, kind, more):
    like = likeness(read_vocabulary(found), read_vocabulary(BASE))
    assert (like.kind, like.more) == (kind, more)


def test_all_merges_are_hashed_not_the_first_fifty():
    vocabulary = {token: i for i, token in enumerate(BASE)}
    first = {"model": {"vocab": vocabulary, "merges": [f"a{i} b" for i in range(60)]}}
    other = {"model": {"vocab": vocabulary, "merges": [*[f"a{i} b" for i in range(55)], "x y"]}}
    assert likeness(read_vocabulary(first), read_vocabulary(other)).has_same_merges is False
    assert likeness(read_vocabulary(first), read_vocabulary(first)).has_same_merges is True


def test_a_shared_tokenizer_is_reported_and_is_no_evidence_about_weights():
    known = next(model for model in base_models() if model.tokenizer.get("num_merges"))
    features = {name: known.tokenizer[name] for name in ("vocab_size", "num_merges", "merge_rule_hash")}
    verdict = assess({"claim": "self-developed"}, {"tokenizer_features": features})
    assert verdict.tokenizer is not None
    assert verdict.tokenizer.same_features
    assert verdict.codes == []
    assert "no evidence about weights" in as_text(verdict, "en")


@pytest.mark.parametrize(
    ("cs", "gram", "pdf", "verdict"),
    [
        (0.2, 0.8, 0.0, sketches.MATCH),
        (0.199, 0.8, 0.0, sketches.UNDECIDED),
        (0.2, 0.799, 0.99, sketches.SHARED_PARTS),
        (0.0, 0.85, 0.93, sketches.MATCH),
        (0.0, 0.85, 0.929, sketches.UNDECIDED),
        (0.0, 0.849, 0.93, sketches.UNDECIDED),
        (0.059, 0.799, 0.99, sketches.INDEPENDENT),
        (0.06, 0.799, 0.99, sketches.UNDECIDED),
        (0.02, None, None, sketches.INDEPENDENT),
        (0.9, None, None, sketches.MATCH),
        (0.899, None, None, sketches.SHARED_PARTS),
        (None, 0.99, 0.99, sketches.MATCH),
        (None, 0.5, 0.99, sketches.UNDECIDED),
        (None, None, 0.99, sketches.NOT_COMPARABLE),
    ],
)
def test_a_verdict_on_each_side_of_every_threshold(cs, gram, pdf, verdict):
    assert sketches._verdict(cs, gram, pdf) == verdict


def case(name: str) -> dict:
    return json.loads((CASES / f"{name}.json").read_text())


def test_without_anchors_only_nearly_identical_sketches_match():
    """Two models with the same random initialization had a cosine of 0.66 (provenance.md §3), which is not enough."""
    evidence = dict(case("x011")["evidence"])
    sketch = evidence["weight_sketch"]
    tensors = [{name: value for name, value in each.items() if name != "anchor_gram_f16"} for each in sketch["tensors"]]
    evidence["weight_sketch"] = {**sketch, "tensors": tensors}
    verdict = assess({"claim": "self-developed"}, evidence)
    assert codes.WEIGHTS_MATCH in verdict.found
    assert sketches._verdict(0.66, None, 0.99) == sketches._verdict(0.66, 0.48, 0.9) == sketches.SHARED_PARTS


def stray(**entry):
    """Return the evidence of x011 with one more tensor in its sketch."""
    evidence = dict(case("x011")["evidence"])
    sketch = evidence["weight_sketch"]
    return {**evidence, "weight_sketch": {**sketch, "tensors": [*sketch["tensors"], entry]}}


def test_a_stray_layer_does_not_hide_a_match():
    evidence = stray(role="q", layer=999, shape=[1, 1])
    assert codes.UNDECLARED_WEIGHT_REUSE in assess({"claim": "self-developed"}, evidence).found
    sketch = case("x011")["evidence"]["weight_sketch"]
    moved = [{**each, "layer": None if each["layer"] is None else each["layer"] + 500} for each in sketch["tensors"]]
    evidence = {**case("x011")["evidence"], "weight_sketch": {**sketch, "tensors": moved}}
    assert codes.UNDECLARED_WEIGHT_REUSE in assess({"claim": "self-developed"}, evidence).found


def test_a_sketch_with_few_comparable_layers_is_not_independent():
    sketch = case("x012")["evidence"]["weight_sketch"]
    few = [each if (each["layer"] or 0) < 2 else {**each, "shape": [7, 7]} for each in sketch["tensors"]]
    evidence = {**case("x012")["evidence"], "weight_sketch": {**sketch, "tensors": few}}
    assert codes.WEIGHTS_INDEPENDENT not in assess({}, evidence).found


def test_a_declared_match_is_not_undeclared_reuse():
    x011 = case("x011")
    declared = {"base_model": "ref/base-A", "base_model_relation": "finetune"}
    verdict = assess({**x011["declaration"], **declared, "claim": "finetune"}, x011["evidence"])
    assert codes.WEIGHTS_MATCH in verdict.found
    assert codes.UNDECLARED_WEIGHT_REUSE not in verdict.found


def test_equal_file_hashes_are_a_copy():
    hashes = {"own.safetensors": "AB" * 32}
    verdict = assess(
        {"claim": "self-developed"}, {"file_hashes": hashes}, public_files={"ab" * 32: "meta-llama/Llama-2-7b"}
    )
    assert verdict.codes == [codes.WEIGHTS_MATCH, codes.UNDECLARED_WEIGHT_REUSE]
    assert "byte for byte" in as_text(verdict, "en")
