"""Invalid evidence is reported with its place, contradictions are reported, and nothing is raised."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.provenance import findings as codes
from compliance.provenance.assessing import assess
from compliance.provenance.faults import CODES, Unusable
from compliance.provenance.reading import PARTS, read_json
from compliance.provenance.wording import as_text
from tests.provenance.making import as_gguf, as_safetensors, renamed, shapes_of

SHAPES = shapes_of("llama-2-7b")


def header(**changes: Any) -> dict[str, Any]:
    """Return a header with one tensor changed."""
    made = as_safetensors(SHAPES)
    made["model.norm.weight"] = {**made["model.norm.weight"], **changes}
    return made


@pytest.mark.parametrize(
    ("part", "document", "code"),
    [
        ("safetensors_header", [], "not_an_object"),
        ("safetensors_header", header(shape=[-1]), "bad_shape"),
        ("safetensors_header", header(shape=[0]), "bad_shape"),
        ("safetensors_header", header(shape=[True]), "bad_shape"),
        ("safetensors_header", header(shape=[1.5]), "bad_shape"),
        ("safetensors_header", header(shape=[2**35]), "bad_shape"),
        ("safetensors_header", header(shape=[2**30, 2**30]), "bad_shape"),
        ("safetensors_header", header(shape=[1] * 9), "bad_shape"),
        ("safetensors_header", header(shape="4096"), "bad_shape"),
        ("safetensors_header", header(dtype=None), "bad_dtype"),
        ("safetensors_header", header(data_offsets=[-1, 4]), "bad_offsets"),
        ("safetensors_header", header(data_offsets=[0]), "bad_offsets"),
        ("safetensors_header", {"": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, "bad_name"),
        ("safetensors_header", {f"t{i}": {} for i in range(200_001)}, "too_many_tensors"),
        ("gguf_header", {"kv": {}}, "not_an_object"),
        ("gguf_header", {"kv": {}, "tensors": [{"name": "a", "dimensions": [-2], "type": 0}]}, "bad_shape"),
        ("gguf_header", {"kv": {}, "tensors": [{"name": "a", "dimensions": [2], "type": 0}] * 2}, "tensor_twice"),
        ("safetensors_headers", {"1": as_safetensors(SHAPES), "2": as_safetensors(SHAPES)}, "tensor_twice"),
        ("tokenizer.json", {"model": {"vocab": {"a": -1}}}, "no_vocabulary"),
        ("weight_sketch", {"format": "other"}, "not_a_sketch"),
        ("weight_sketch", {"format": "weight-sketch/1", "k": 256, "seed": "1", "tensors": [{"role": "x"}]}, "bad_tensor"),
    ],
)  # fmt: skip
def test_each_fault_is_reported_by_its_code(part, document, code):
    verdict = assess({}, {part: document})
    assert ([fault.code for _, fault in verdict.faults], verdict.codes) == ([code], [codes.INTEGRITY_ERROR])
    assert all(verdict.faults[0][1].message(language) in as_text(verdict, language) for language in ("en", "zh"))


@pytest.mark.parametrize(
    ("changes", "contradiction"),
    [
        ({"data_offsets": [7, 8199]}, "gap_or_overlap"),
        ({"shape": [4097]}, "size"),
        ({"dtype": "F32"}, "size"),
    ],
)
def test_a_contradictory_header_is_reported_and_still_compared(changes, contradiction):
    verdict = assess({}, {"safetensors_header": header(**changes)})
    assert contradiction in {each.code for each in verdict.contradictions}
    assert {codes.INTEGRITY_ERROR, codes.STRUCT_IDENTICAL} <= verdict.found


def test_an_index_with_a_different_size_is_reported():
    evidence = {
        "safetensors_header": as_safetensors(SHAPES),
        "model.safetensors.index.json": {"metadata": {"total_size": 1}},
    }
    assert [each.code for each in assess({}, evidence).contradictions] == ["total_size"]


def test_shards_are_read_as_one_model():
    names = list(SHAPES)
    shards = {f"model-{i}.safetensors": as_safetensors({name: SHAPES[name] for name in names[i::2]}) for i in range(2)}
    verdict = assess({}, {"safetensors_headers": shards})
    assert (verdict.codes, verdict.comparison.kind) == ([codes.STRUCT_IDENTICAL], "identical")


def test_a_safetensors_and_a_gguf_header_of_one_model_are_not_combined():
    evidence = {"safetensors_header": as_safetensors(SHAPES), "gguf_header": as_gguf(renamed(SHAPES, model="blk"))}
    verdict = assess({}, evidence)
    assert (verdict.structure.depth, verdict.comparison.kind) == (32, "identical")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**70) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
TENSOR = st.fixed_dictionaries(
    {},
    optional={
        "dtype": JSON | st.sampled_from(["F32", "BF16", "I32", "U8"]),
        "shape": JSON | st.lists(st.integers(-1, 5000), max_size=4),
        "data_offsets": JSON | st.lists(st.integers(0, 9000), min_size=2, max_size=2),
    },
)
NAMES = st.sampled_from(
    ["model.layers.{}.mlp.up_proj.weight", "h.{}.x", "a", "x.qweight", "x.scales", "lm_head.weight", "y.{}.z.{}.w"]
)
HEADER = st.dictionaries(
    st.builds(lambda name, i: name.replace("{}", str(i)), NAMES, st.integers(0, 9)), TENSOR, max_size=40
)
EVIDENCE = st.fixed_dictionaries({}, optional=dict.fromkeys(PARTS, JSON) | {"safetensors_header": HEADER | JSON})
DECLARATION = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("model_name", "claim", "base_model", "base_model_relation", "license"), JSON)
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DECLARATION, EVIDENCE)
def test_any_evidence_is_assessed_without_an_exception(declaration, evidence):
    verdict = assess(declaration, evidence)
    assert not verdict.found & {codes.WEIGHTS_MATCH, codes.UNDECLARED_WEIGHT_REUSE}
    assert all(as_text(verdict, language) for language in ("en", "zh"))


def test_json_within_the_limits_is_read_and_every_fault_has_a_message():
    assert read_json(b'{"a": ' + b"9" * 5000 + b"}")["a"] == int("9" * 40)
    with pytest.raises(Unusable, match="too_large"):
        read_json(b" " * (20 * 1024 * 1024 + 1))
    values = {"found": 1, "asked": 1, "limit": 1, "line": 1, "column": 1}
    assert all(Unusable(code, **values).message(language) for code in CODES for language in ("en", "zh"))
    assert json.loads("{}") == read_json(b"\xef\xbb\xbf{}")
