"""Files that contradict a declaration by what they name, and the honest neighbors of each kind, who get no adverse finding."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from compliance.provenance import findings as codes
from compliance.provenance.assessing import assess
from compliance.provenance.claims import Summary, claims
from compliance.provenance.known_structures import References, references
from compliance.provenance.verdict import Verdict
from compliance.provenance.wording import as_text
from tests.provenance.making import Shapes, as_gguf, as_safetensors, models, renamed, shapes_of

RESIDUE = codes.RESIDUAL_NAME
SELF_DEVELOPED = {"model_name": "Own-1", "claim": "self-developed"}
ON_QWEN = {"model_name": "Own-1", "claim": "finetune", "base_model": "Qwen/Qwen3-8B", "base_model_relation": "finetune"}


def gguf_names(shapes: Shapes) -> Shapes:
    """Return tensors under the names that llama.cpp gives them."""
    names = {
        "model.layers.": "blk.", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
        "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm",
        "post_attention_layernorm": "ffn_norm", "model.embed_tokens": "token_embd", "model.norm": "output_norm",
        "lm_head": "output",
    }  # fmt: skip
    for old, new in names.items():
        shapes = renamed(shapes, **{old: new})
    return shapes


def as_quantized(shapes: Shapes, architecture: str, **kv: Any) -> dict[str, Any]:
    header = as_gguf(gguf_names(shapes), **{"general.architecture": architecture, **kv})
    return {"gguf_header": {**header, "tensors": [{**tensor, "type": 12} for tensor in header["tensors"]]}}


# --- a quantized header names the architecture -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "architecture"), [("qwen-3-8b", "qwen3"), ("mistral-7b-v0.3", "llama"), ("qwen-2-7b", "qwen2")]
)
def test_a_quantized_header_that_reveals_the_architecture_contradicts_self_developed(id, architecture):
    verdict = assess(SELF_DEVELOPED, as_quantized(shapes_of(id), architecture))
    assert codes.UNDECLARED_ARCHITECTURE_REUSE in verdict.found
    assert not verdict.found & {codes.WEIGHTS_MATCH, codes.UNDECLARED_WEIGHT_REUSE}
    assert "no evidence about the origin of the weights" in as_text(verdict, "en")


@pytest.mark.parametrize(
    ("id", "declaration", "vocabulary"),
    [
        ("qwen-3-8b", ON_QWEN, 0),  # the base is declared
        ("qwen-3-8b", {**SELF_DEVELOPED, "model_name": "Qwen3-8B"}, 0),  # the developer's own copy
        ("qwen-3-8b", SELF_DEVELOPED, 4096),  # the block alone is shared by many designs
        ("xverse-7b", {**SELF_DEVELOPED, "model_name": "XVERSE-7B"}, 0),
    ],
)
def test_honest_quantized_headers_get_no_adverse_finding(id, declaration, vocabulary):
    shapes = shapes_of(id, vocabulary=models()[id]["vocab_size"] + vocabulary)
    assert not assess(declaration, as_quantized(shapes, "qwen3")).found & codes.AGAINST


def test_a_design_of_ones_own_run_as_llama_gets_no_adverse_finding():
    own = {
        name: tuple(side + 128 if side == 14336 else side for side in shape)
        for name, shape in shapes_of("llama-3-8b").items()
    }
    verdict = assess(SELF_DEVELOPED, as_quantized(own, "llama"))
    assert verdict.found & {codes.STRUCT_NONE}
    assert not verdict.found & codes.AGAINST


# --- an adapter names its base -------------------------------------------------------------------------------------------


def adapter(base: Any) -> dict[str, Any]:
    return {"adapter_config.json": {"peft_type": "LORA", "r": 16, "base_model_name_or_path": base}}


@pytest.mark.parametrize("declaration", [SELF_DEVELOPED, {**ON_QWEN, "base_model": "deepseek-ai/DeepSeek-V3"}])
def test_an_adapter_that_names_another_base_contradicts_the_declaration(declaration):
    verdict = assess(declaration, adapter("meta-llama/Llama-3.1-8B-Instruct"))
    assert {codes.LORA_ADAPTER, codes.RESIDUAL_NAME, codes.DECLARED_BASE_CONTRADICTED} <= verdict.found
    assert "the adapter names its base model (Llama-3)" in as_text(verdict, "en")
    assert "适配器写明了其基础模型（Llama-3）" in as_text(verdict, "zh")


@pytest.mark.parametrize(
    ("declaration", "base"),
    [
        (ON_QWEN, "Qwen/Qwen3-8B"),
        (ON_QWEN, "/mnt/models/Qwen3-8B"),
        ({**ON_QWEN, "base_model": "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B"}, "Qwen/Qwen2.5-Math-7B"),
        (SELF_DEVELOPED, "acme/Own-Base-13B"),
        (SELF_DEVELOPED, "./checkpoint-1000"),
        (SELF_DEVELOPED, "Own-1"),
        ({**SELF_DEVELOPED, "model_name": "Qwen3-8B"}, "Qwen/Qwen3-8B"),
        (SELF_DEVELOPED, None),
    ],
)
def test_honest_adapters_get_no_adverse_finding(declaration, base):
    assert not assess(declaration, adapter(base)).found & codes.AGAINST


def test_an_adapter_speaks_for_the_rule_on_provenance():
    summary = Summary.of(assess({}, adapter("meta-llama/Llama-3.1-8B")))
    assert Summary.of_json(summary.as_json()) == summary
    assert claims(summary, SELF_DEVELOPED) == [("adapter", ("Llama-3",))]


# --- an extended vocabulary, the rest identical --------------------------------------------------------------------------


def with_tokens(id: str, more: int) -> Verdict:
    shapes = shapes_of(id, vocabulary=models()[id]["vocab_size"] + more)
    return assess(SELF_DEVELOPED, {"safetensors_header": as_safetensors(shapes)})


@pytest.mark.parametrize("more", [1, 64, 2_000, 20_001])
@pytest.mark.parametrize(
    "id", ["llama-2-7b", "llama-1-13b", "qwen-2-7b", "qwen-3-8b", "mistral-7b-v0.1", "llama-3.1-8b"]
)
def test_an_extended_vocabulary_is_reported_whatever_other_models_have(id, more):
    verdict = with_tokens(id, more)
    assert {codes.STRUCT_SAME_BLOCK, codes.VOCAB_SIZE_EXTENDED} <= verdict.found
    assert codes.VOCAB_SIZE_REDUCED not in verdict.found
    assert not verdict.found & codes.AGAINST
    assert verdict.needs_sketch


def test_a_vocabulary_smaller_than_every_known_one_is_a_reduced_one():
    verdict = with_tokens("qwen-3-8b", -100_000)
    assert codes.VOCAB_SIZE_REDUCED in verdict.found


# --- what an adapter may name ------------------------------------------------------------------------------------------


def on_adapter(base: str, declaration: dict[str, Any] = SELF_DEVELOPED) -> set[str]:
    return assess(declaration, {"adapter_config.json": {"base_model_name_or_path": base}}).found


@pytest.mark.parametrize(
    "folder",
    [
        "./checkpoints/step-3", "out/stage-2/step-1", "ckpt/step3", "/home/orion", "./phi", "/data/solar", "./atom",
        "/models/llama-like-13b", "out/huaxia-gpt-2-tokenizer-7b", "/mnt/out/tian-yi-9b", "./outputs/sft",
    ],
)  # fmt: skip
def test_a_folder_of_the_filers_own_accuses_nobody(folder):
    assert on_adapter(folder) == {codes.LORA_ADAPTER}
    assert RESIDUE not in assess(SELF_DEVELOPED, {"config.json": {"_name_or_path": folder}}).found


@pytest.mark.parametrize(
    "base",
    [
        "Qwen/Qwen3-8B", "/mnt/models/Llama-2-13b-hf", "./models/Qwen2.5-7B-Instruct", "/data/qwen2.5-7b-sft-v3",
        "/root/.cache/huggingface/hub/models--Qwen--Qwen3-8B/snapshots/0a1b",
    ],
)  # fmt: skip
def test_a_folder_with_the_name_and_size_of_a_known_model_contradicts_self_developed(base):
    assert {codes.DECLARED_BASE_CONTRADICTED, RESIDUE} <= on_adapter(base)


@pytest.mark.parametrize(
    ("declared", "base"),
    [
        ("通义千问", "Qwen/Qwen3-8B"),  # a series is declared
        ("llama", "meta-llama/Llama-3.1-8B"),
        ("百川", "baichuan-inc/Baichuan2-7B-Base"),
        ("ChatGLM", "THUDM/chatglm3-6b"),
        ("混元大模型", "tencent/Hunyuan-A13B-Instruct"),
        ("DeepSeek-R1-0528-Qwen3-8B", "Qwen/Qwen3-8B"),  # one stands on the other
        ("Qwen3-8B", "deepseek-ai/DeepSeek-R1-0528-Qwen3-8B"),
        ("QwQ-32B", "Qwen/Qwen2.5-32B"),
        ("Phi-4-reasoning", "microsoft/phi-4"),
        ("QwQ-32B-Preview", "Qwen/Qwen2.5-32B-Instruct"),
    ],
)
def test_an_adapter_on_a_relative_of_the_declared_base_is_explained(declared, base):
    declaration = {"model_name": "Own-1", "claim": "finetune", "base_model": [declared]}
    assert codes.DECLARED_BASE_CONTRADICTED not in on_adapter(base, declaration)


@pytest.mark.parametrize(
    ("declared", "base"),
    # The two Llamas have one structure and one developer, and two licenses.
    [("Qwen2.5-7B", "Qwen/Qwen3-8B"), ("LLaMA-7B", "meta-llama/Llama-2-7b-hf")],
)
def test_an_adapter_on_another_base_than_the_declared_one_is_a_contradiction(declared, base):
    declaration = {"model_name": "Own-1", "claim": "finetune", "base_model": [declared]}
    assert codes.DECLARED_BASE_CONTRADICTED in on_adapter(base, declaration)


@pytest.mark.parametrize(
    "name", ["runwayml/stable-diffusion-v1-5", "stepfun-ai/step3", "stepfun/step3", "modelscope/gpt2"]
)
def test_a_publisher_whose_name_begins_like_a_folder_is_a_publisher(name):
    assert RESIDUE in assess(SELF_DEVELOPED, {"config.json": {"_name_or_path": name}}).found


def test_the_developer_of_a_family_that_a_registry_added_is_not_accused_of_his_own_structure():
    (qwen,) = (reference for reference in references() if reference.id == "qwen-3-8b")
    known = References([replace(qwen, id="huaxia-7b", name="Huaxia-7B", family="Huaxia")])
    evidence = {"config.json": {"architectures": ["HuaxiaForCausalLM"], "model_type": "huaxia"}}
    evidence |= {"safetensors_header": as_safetensors(shapes_of("qwen-3-8b"))}
    own = assess({"model_name": "Huaxia-7B", "claim": "self-developed"}, evidence, known=known)
    stranger = assess({"model_name": "Other-7B", "claim": "self-developed"}, evidence, known=known)
    reuse = codes.UNDECLARED_ARCHITECTURE_REUSE
    assert (reuse in own.found, reuse in stranger.found) == (False, True)
