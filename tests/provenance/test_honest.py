"""Unusual but honest evidence: packed weights, adapters, shards and names of other models must not give adverse findings."""

from __future__ import annotations

import time
from typing import Any

import pytest

from compliance.provenance import findings as codes
from compliance.provenance.assessing import assess
from compliance.provenance.claims import Summary, claims
from compliance.provenance.residues import residues
from compliance.provenance.verdict import Verdict
from registry.reference.base_models import base_models
from registry.reference.hub import license_of_card
from registry.reference.series import base_model_named
from tests.provenance.making import as_safetensors, config_of, shapes_of

AGAINST = {codes.DECLARED_BASE_CONTRADICTED, codes.UNDECLARED_ARCHITECTURE_REUSE, codes.INTEGRITY_ERROR}


def assessed(id: str, base: str, relation: str = "finetune", **evidence: Any) -> Verdict:
    given = {"safetensors_header": as_safetensors(shapes_of(id)), **evidence}
    return assess(
        {"model_name": "Own", "claim": "finetune", "base_model": base, "base_model_relation": relation}, given
    )


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("microsoft/Phi-4-mini-instruct", "phi-4-mini"),
        ("tiiuae/falcon-mamba-7b", "falcon-mamba-7b"),
        ("stabilityai/stablelm-base-alpha-3b", "stablelm-alpha-3b"),
        ("internlm/internlm-xcomposer2-7b", "internlm-xcomposer2-7b"),
        ("deepseek-ai/DeepSeek-V3.2-Exp", "deepseek-v3.2-exp"),
        ("THUDM/glm-4v-9b", "glm-4v-9b"),
        ("Qwen/Qwen3-VL-8B", "qwen-3-vl-8b"),
        ("Qwen/Qwen2-Audio-7B", "qwen-2-audio-7b"),
    ],
)
def test_a_model_of_a_similar_name_is_not_mistaken_for_another_one(name, own):
    assert base_model_named(name).models[0] == own


@pytest.mark.parametrize(
    "name", ["IDEA-CCNL/Wenzhong2.0-GPT2-3.5B-chinese", "acme/Qwen3-8B-finance", "acme/phi-4-tiny"]
)
def test_a_model_that_only_contains_a_known_name_is_none_of_the_table(name):
    assert base_model_named(name).models == ()
    assert not assessed("olmo-7b", name).found & AGAINST


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("meta-llama/Llama-2-7b-chat-hf", "llama-2-7b"),
        ("meta-llama/Meta-Llama-3-8B-Instruct", "llama-3-8b"),
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", "mixtral-8x7b"),
        ("Qwen/Qwen1.5-7B-Chat-GPTQ-Int4", "qwen-1.5-7b"),
        ("Qwen/Qwen2.5-Coder-7B-Instruct", "qwen-2.5-coder-7b"),
        ("01-ai/Yi-1.5-9B-Chat-16K", "yi-1.5-9b"),
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", "deepseek-r1-distill-qwen-14b"),
        ("THUDM/GLM-4-9B-0414", "glm-4-9b-0414"),
        ("google/gemma-2-9b-it", "gemma-2-9b"),
        ("D:\\models\\Llama-2-13b-hf", "llama-2-13b"),
    ],
)
def test_a_model_of_the_table_is_recognized_by_its_usual_names(name, id):
    assert base_model_named(name).models[0] == id


def test_a_declared_base_with_a_different_structure_is_contradicted():
    assert codes.DECLARED_BASE_CONTRADICTED in assessed("gemma-2b", "mistralai/Mistral-7B-Instruct-v0.2").found
    assert codes.DECLARED_BASE_CONTRADICTED in assessed("gemma-2b", "mistralai/Mistral-7B-v0.1", "Fine-Tune").found


def test_a_merge_of_experts_may_change_the_block():
    assert not assessed("mixtral-8x7b", "mistralai/Mistral-7B-v0.1", "merge").found & AGAINST


@pytest.mark.parametrize("name", ["LlamaModel", "LlamaForSequenceClassification", "LlamaForCausalLM"])
def test_task_specific_classes_do_not_count_as_own_names(name):
    shapes = shapes_of("llama-2-7b")
    if "Sequence" in name:
        shapes["score.weight"] = (2, 4096)
        del shapes["lm_head.weight"]
    evidence = {
        "safetensors_header": as_safetensors(shapes),
        "config.json": config_of("llama-2-7b", architectures=[name]),
    }
    verdict = assess({"claim": "self-developed"}, evidence)
    assert (verdict.renamed, verdict.found & AGAINST) == ([], set())


def test_one_shard_of_several_is_incomplete_but_not_contradictory():
    shapes = shapes_of("llama-2-7b")
    some = {name: shape for name, shape in shapes.items() if ".layers.1" in name or "embed" in name}
    index = {"metadata": {"total_size": 1}, "weight_map": dict.fromkeys(shapes, "x")}
    evidence = {
        "safetensors_header": as_safetensors(some),
        "model.safetensors.index.json": index,
        "config.json": config_of("llama-2-7b"),
    }
    verdict = assess({"claim": "finetune", "base_model": "meta-llama/Llama-2-7b"}, evidence)
    assert (verdict.is_incomplete, verdict.codes) == (True, [codes.STRUCT_SAME_BLOCK, codes.DECLARED_BASE_CONSISTENT])


def test_a_configuration_without_the_head_size_is_not_contradictory():
    config = config_of("gemma-2-9b")
    evidence = {"safetensors_header": as_safetensors(shapes_of("gemma-2-9b")), "config.json": config}
    assert assess({}, evidence).codes == [codes.STRUCT_IDENTICAL]


def packed_by_mlx(id: str) -> dict[str, Any]:
    shapes, dtypes = {}, {}
    for name, shape in shapes_of(id).items():
        if len(shape) == 2:
            stem = name.removesuffix(".weight")
            shapes |= {name: (shape[0], shape[1] // 8), f"{stem}.scales": (shape[0], shape[1] // 64)}
            shapes[f"{stem}.biases"] = (shape[0], shape[1] // 64)
        else:
            shapes[name] = shape
    header = as_safetensors(shapes, dtypes)
    for name, shape in shapes_of(id).items():
        if len(shape) == 2:
            header[name]["dtype"] = "U32"
            header[name].pop("data_offsets")
    return header


def test_a_copy_packed_by_mlx_is_recognized_as_quantized():
    config = {**config_of("mistral-7b-v0.1"), "quantization": {"group_size": 64, "bits": 4}}
    verdict = assessed(
        "mistral-7b-v0.1",
        "mistralai/Mistral-7B-v0.1",
        "quantized",
        **{"safetensors_header": packed_by_mlx("mistral-7b-v0.1"), "config.json": config},
    )
    assert {codes.QUANTISED, codes.STRUCT_IDENTICAL, codes.DECLARED_BASE_CONSISTENT} <= verdict.found


@pytest.mark.parametrize("part", ["ia3_l", "hada_w1_a", "adapter_down", "lora_A.default"])
def test_an_adapter_alone_does_not_contradict_its_base(part):
    shapes = {f"model.layers.{i}.self_attn.q_proj.{part}.weight": (16, 4096) for i in range(32)}
    verdict = assessed(
        "llama-2-7b", "deepseek-ai/DeepSeek-V2-Lite", "adapter", safetensors_header=as_safetensors(shapes)
    )
    assert verdict.found == {codes.LORA_ADAPTER}


def test_low_rank_layers_of_a_different_form_are_not_compared_with_a_declared_base():
    shapes = {
        name: shape[::-1] if "kv_b_proj" in name else shape for name, shape in shapes_of("deepseek-v2-lite").items()
    }
    shapes |= {f"model.layers.{i}.self_attn.extra.weight": (7, 11) for i in range(27)}
    verdict = assess(
        {"claim": "finetune", "base_model": "deepseek-ai/DeepSeek-V2-Lite"},
        {"safetensors_header": as_safetensors(shapes)},
    )
    assert not verdict.found & AGAINST


def test_a_base_model_outside_the_table_is_not_contradicted_by_a_known_structure():
    declaration = {"claim": "", "base_model": ["acme/Unheard-Of-13B"], "base_model_relation": "finetune"}
    summary = Summary.of(assess({}, {"safetensors_header": as_safetensors(shapes_of("llama-2-13b"))}))
    assert claims(summary, declaration) == []
    assert claims(summary, {"claim": "self-developed", "base_model": []}) == [
        ("structure", ("LLaMA-1", "Llama-2", "OpenLLaMA"))
    ]


@pytest.mark.parametrize(
    ("base", "own_name", "license", "found"),
    [
        ("THUDM/GLM-4-9B-0414", "MyBank-9B", "mit", set()),
        ("deepseek-ai/DeepSeek-R1", "MyBank", "mit", set()),
        (
            "meta-llama/Llama-4-Scout-17B-16E",
            "MyBank",
            "MIT License",
            {codes.LICENSE_NAME_RULE, codes.LICENSE_INCOMPATIBLE},
        ),
        ("meta-llama/Llama-Guard-3-8B", "MyBank", ["mit"], {codes.LICENSE_NAME_RULE, codes.LICENSE_INCOMPATIBLE}),
        ("meta-llama/Llama-3.1-8B", "Llama-MyBank-8B", "llama3.1", set()),
    ],
)
def test_the_license_is_that_of_the_named_model(base, own_name, license, found):
    declaration = {"model_name": own_name, "claim": "finetune", "base_model": base, "base_model_relation": "finetune"}
    evidence = {"model_card_front_matter": {"license": license, "base_model": base}}
    verdict = assess(declaration, evidence)
    assert verdict.found & {codes.LICENSE_NAME_RULE, codes.LICENSE_INCOMPATIBLE} == found


def test_full_license_names_are_recognized():
    assert [license_of_card(name) for name in ("MIT License", "Apache License 2.0", "mit")] == [
        "MIT",
        "Apache-2.0",
        "MIT",
    ]


@pytest.mark.parametrize(
    ("own", "path", "is_residue"),
    [
        ("7B", "meta-llama/Llama-2-7b", True),
        ("Llama-2-7b", "meta-llama/Llama-2-7b", False),
        ("tian-yi-9b", "/mnt/out/tian-yi-9b/step1000", False),
        ("Other", "/mnt/out/tian-yi-9b/step1000", False),
        ("Other", "/mnt/models/Yi-34B", True),
    ],
)
def test_the_models_own_name_in_a_path_is_not_a_residue(own, path, is_residue):
    assert bool(residues({"config.json": {"_name_or_path": path}}, own)) is is_residue


def test_a_residue_of_a_declared_base_is_recognized_as_declared():
    verdict = assessed(
        "llama-2-7b", "meta-llama/Llama-2-7b", **{"config.json": {"_name_or_path": "meta-llama/Llama-2-7b"}}
    )
    assert codes.RESIDUAL_NAME in verdict.found
    assert verdict.names_only_declared


@pytest.mark.parametrize("name", ["llama_" + "a_" * 200, "yi-" + "a-" * 200, "a" * 500, "llama " + "1." * 200])
def test_every_name_is_matched_quickly(name):
    began = time.perf_counter()
    base_model_named(name)
    residues({"mergekit_config.yml": "\n" * 5_000 + name}, None)
    assert time.perf_counter() - began < 1


def test_every_model_of_the_table_is_recognized_by_its_own_name():
    missed = [
        model.id
        for model in base_models()
        if model.id not in (getattr(base_model_named(model.name), "models", ()) or ())
    ]
    assert missed == []
