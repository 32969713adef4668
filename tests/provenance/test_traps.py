"""The special cases of the reference (provenance.md §5), one by one, and Yi-34B's first header."""

from __future__ import annotations

import pytest

from compliance.provenance import findings as codes
from compliance.provenance.assessing import assess
from compliance.provenance.verdict import Verdict
from tests.provenance.making import as_safetensors, config_of, models, shapes_of


def assessed(id: str, declaration: dict | None = None, **changes) -> Verdict:
    evidence = {"safetensors_header": as_safetensors(shapes_of(id)), "config.json": config_of(id, **changes)}
    return assess(declaration or {}, evidence)


def block_of(id: str):
    return assessed(id).structure.block


def families_of(id: str) -> list[str]:
    return assessed(id).comparison.families()


def test_yi_34b_as_first_published_is_only_reuse_of_an_architecture():
    declaration = {"model_name": "Yi-34B", "claim": "self-developed"}
    verdict = assessed("yi-34b-original", declaration, architectures=["YiForCausalLM"], model_type="Yi")
    assert verdict.codes == [codes.STRUCT_IDENTICAL, codes.TENSORS_RENAMED, codes.UNDECLARED_ARCHITECTURE_REUSE]
    assert [each.as_text() for each in verdict.renamed] == [
        "model.layers.{}.ln1.weight → model.layers.{}.input_layernorm.weight",
        "model.layers.{}.ln2.weight → model.layers.{}.post_attention_layernorm.weight",
    ]


def test_qwen_1_gives_twice_its_inner_width_without_contradiction():
    assert models()["qwen-1-7b"]["intermediate_size"] == 2 * block_of("qwen-1-7b").ff
    assert assessed("qwen-1-7b").codes == [codes.STRUCT_IDENTICAL]


def test_chatglm_gives_its_inner_width_and_has_a_matrix_of_twice_that():
    verdict = assessed("chatglm2-6b", intermediate_size=13696, ffn_hidden_size=13696)
    assert (verdict.structure.block.ff, verdict.structure.block.mlp, verdict.config_differs) == (13696, "gated", [])


def test_falcon_7b_has_one_key_head_and_one_norm():
    block = block_of("falcon-7b")
    assert (block.q, block.kv, block.mlp, block.vectors) == (4544, 64, "plain", 2)
    assert families_of("falcon-7b") == ["Falcon"]


def test_olmo_1_has_no_norms_at_all():
    assert block_of("olmo-7b").vectors == 0
    assert families_of("olmo-7b") == ["OLMo"]


@pytest.mark.parametrize(("id", "family"), [("orion-14b", "Orion"), ("stablelm-3b-4e1t", "StableLM")])
def test_a_norm_with_a_bias_is_a_different_block_than_llamas(id, family):
    assert (block_of(id).vectors, families_of(id)[0]) == (4, family)


def test_deepseek_67b_has_the_block_of_codellama_34b_at_a_different_depth():
    verdict = assessed("deepseek-llm-67b")
    depths = {reference.id: reference.depth for reference in verdict.comparison.same_block}
    assert (depths["deepseek-llm-67b"], depths["codellama-34b"]) == (95, 48)
    assert verdict.comparison.identical_families() == ["DeepSeek-LLM"]


def test_deepseek_7b_is_the_block_of_llama_7b_at_30_layers():
    verdict = assessed("deepseek-llm-7b")
    assert {"LLaMA-1", "Llama-2", "OpenLLaMA"} <= set(verdict.comparison.families())
    assert (verdict.structure.depth, verdict.comparison.identical_families()) == (30, ["DeepSeek-LLM"])


def test_gpt_2_stores_its_matrices_transposed():
    assert shapes_of("gpt2")["h.0.mlp.c_fc.weight"] == (768, 3072)
    assert assessed("gpt2").comparison.identical_families() == ["GPT-2"]


def test_pythia_bloom_and_opt_share_a_block():
    assert {"GPT-NeoX", "BLOOM", "OPT"} <= set(families_of("bloom-7b1"))


def test_yi_1_5_9b_is_yi_6b_at_48_layers():
    verdict = assessed("yi-1.5-9b")
    assert (verdict.structure.depth, verdict.comparison.identical_families()) == (48, ["Yi"])
    assert {"yi-6b", "yi-1.5-9b"} <= {reference.id for reference in verdict.comparison.same_block}


def test_padding_by_one_percent_is_a_different_block():
    """The nearest independent neighbor: Baichuan-13B (13,696) against LLaMA-13B (13,824)."""
    assert block_of("baichuan-13b").ff == 13696
    assert "LLaMA-1" not in families_of("baichuan-13b")
