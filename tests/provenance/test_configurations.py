"""A configuration without a header: recognized, told as what it is, and never held against the declaration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compliance.provenance import findings as codes
from compliance.provenance.assessing import assess
from compliance.provenance.verdict import Verdict
from compliance.provenance.wording import as_text
from registry.reference.base_models import base_model
from tests.provenance.making import as_safetensors, shapes_of

WILD = Path(__file__).parent.parent / "examples" / "wild"
OF_TODAY = (
    *("kimi-k2", "glm-4.5-air", "minimax-m2", "gpt-oss-120b", "llama-4-scout"),
    *("gemma-3-27b", "qwen-3.5-397b-a17b", "deepseek-v3.2", "seed-oss-36b"),
)
NESTED = ("llama-4-scout", "gemma-3-27b", "qwen-3.5-397b-a17b")
SELF_DEVELOPED = {"model_name": "Own-1", "claim": "self-developed"}


def published(id: str) -> dict[str, Any]:
    """Return the config.json of a model as its developer writes it; of one with several parts, with a nested text_config."""
    structure = base_model(id).structure
    experts, low = structure.get("moe", {}), structure.get("mla", {})
    text = {
        **{
            name: structure.get(name)
            for name in ("hidden_size", "intermediate_size", "num_hidden_layers", "vocab_size")
        },
        **{name: structure.get(name) for name in ("num_attention_heads", "num_key_value_heads", "head_dim")},
        **({"n_routed_experts": experts["experts"], "moe_intermediate_size": experts["ff"]} if experts else {}),
        **({"kv_lora_rank": low["kv"], "q_lora_rank": low["q"], "qk_rope_head_dim": low["rope"]} if low else {}),
    }
    text = {name: value for name, value in text.items() if value is not None}
    named = {"architectures": structure["architectures"], "model_type": structure["model_type"]}
    if id in NESTED:
        return {**named, "text_config": text, "vision_config": {"num_hidden_layers": 27, "hidden_size": 1152}}
    return {**named, **text}


def renamed(config: dict[str, Any]) -> dict[str, Any]:
    return {**config, "architectures": ["OwnForCausalLM"], "model_type": "own"}


def innocent(config: dict[str, Any]) -> dict[str, Any]:
    """Return a design of one's own that resembles a known one: the next larger vocabulary, another width of its inner parts."""
    part = dict(config.get("text_config", config))
    inner = "moe_intermediate_size" if "moe_intermediate_size" in part else "intermediate_size"
    part |= {"vocab_size": part["vocab_size"] + 64, inner: part[inner] + 128}
    return renamed({**config, "text_config": part} if "text_config" in config else part)


def assessed(config: dict[str, Any], **declaration: Any) -> Verdict:
    return assess({**SELF_DEVELOPED, **declaration}, {"config.json": config})


@pytest.mark.parametrize("id", OF_TODAY)
def test_a_configuration_is_recognized_under_its_own_and_under_other_names(id):
    for config in (published(id), renamed(published(id))):
        verdict = assessed(config)
        assert verdict.codes == [codes.CONFIG_KNOWN]
        assert id in [reference.id for reference in verdict.configuration.same]
        assert verdict.needs_header
        en, zh = as_text(verdict, "en"), as_text(verdict, "zh")
        assert f"the configuration is that of {base_model(id).name}" in en or base_model(id).name in en
        assert "no header was filed" in en
        assert "The evidence does not contradict the declaration. Request the header" in en
        assert "但未提交文件头" in zh
        assert "证据与申明不矛盾。请要求提交权重文件头" in zh


@pytest.mark.parametrize("id", OF_TODAY)
def test_an_honest_filer_who_declares_the_base_is_not_asked_for_more(id):
    base = base_model(id)
    verdict = assessed(published(id), claim="finetune", base_model=base.hub[0] if base.hub else base.name)
    assert (verdict.codes[0], verdict.needs_header, verdict.found & codes.AGAINST) == (codes.CONFIG_KNOWN, False, set())


@pytest.mark.parametrize("id", OF_TODAY)
def test_a_design_of_ones_own_that_resembles_a_known_one_is_called_unknown(id):
    verdict = assessed(innocent(published(id)))
    assert (verdict.codes, verdict.needs_header) == ([], False)
    assert "known configurations is the same." in as_text(verdict, "en")
    assert "份已知配置中没有与之相同的" in as_text(verdict, "zh")


def test_towers_of_a_multimodal_model_are_named_by_their_role():
    verdict = assessed(published("gemma-3-27b"))
    assert "It has a vision tower of 27 layers of width 1,152." in as_text(verdict, "en")
    assert "另有视觉塔：27 层，宽度 1,152。" in as_text(verdict, "zh")


def test_a_configuration_beside_a_header_is_evidence_of_the_header_only():
    evidence = {"config.json": published("qwen-3-8b"), "safetensors_header": as_safetensors(shapes_of("qwen-3-8b"))}
    verdict = assess(SELF_DEVELOPED, evidence)
    assert (verdict.configuration, codes.CONFIG_KNOWN in verdict.found) == (None, False)


@pytest.mark.parametrize(
    "config", [{}, {"hidden_size": 4096}, {"architectures": ["LlamaForCausalLM"], "vocab_size": 32000}]
)
def test_too_little_of_a_configuration_is_compared_with_nothing(config):
    assert assessed(config).configuration is None


@pytest.mark.parametrize(
    ("case", "families"),
    [
        ("kimi-self", ["Kimi-K2", "Kimi-K2.5"]),
        ("glm-self", ["GLM-4.5"]),
        ("pangu-innocent", []),
        ("r1-distill-undeclared", ["DeepSeek-R1-Distill", "QwQ", "Qwen-2/2.5", "Qwen2.5-VL"]),
    ],
)
def test_the_configurations_found_in_the_wild(case, families):
    filed = json.loads((WILD / f"{case}.json").read_text())
    verdict = assess(filed["declaration"], filed["evidence"])
    assert verdict.configuration.families() == families
    assert not verdict.found & codes.AGAINST
