"""Which known base model a name means: 200 names as people write them, and what must never be claimed."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from registry.reference.base_models import base_models
from registry.reference.identifying import identified, names

COLLECTED = yaml.safe_load((Path(__file__).parent.parent / "examples" / "names.yaml").read_text(encoding="utf-8"))
KEYS = ["given", "model", "family", "developer", "country", "license", "known"]


def meant(name: str) -> tuple[str | None, str | None]:
    found = identified(name)
    return (found.family.name if found.family else None, found.model.id if found.model else None)


def test_collected_names_are_identified():
    assert len(COLLECTED) == 200
    wrong = [case for case in COLLECTED if meant(case["given"]) not in ((case["family"], case["model"]), (None, None))]
    right = [case for case in COLLECTED if meant(case["given"]) == (case["family"], case["model"])]
    assert wrong == []
    assert len(right) >= 194


def test_every_model_is_identified_by_its_name_and_its_hub_ids():
    lost = [model.name for model in base_models() if meant(model.name)[1] != model.id]
    hub = [name for model in base_models() for name in model.hub if meant(name)[1] != model.id]
    assert (lost, hub) == ([], [])


@pytest.mark.parametrize(
    ("given", "model", "repackager"),
    [
        ("unsloth/Qwen3-8B-GGUF", "Qwen3-8B", "unsloth"),
        ("bartowski/THUDM_GLM-4-9B-0414-GGUF", "GLM-4-9B-0414", "bartowski"),
        ("nvidia/Llama-3.1-8B-Instruct-FP8", "Llama-3.1-8B", "nvidia"),
        ("mlx-community/Mistral-7B-Instruct-v0.3-4bit", "Mistral-7B-v0.3", "mlx-community"),
        ("https://huggingface.co/Qwen/Qwen3-8B/tree/main", "Qwen3-8B", ""),
        ("https://www.modelscope.cn/models/Qwen/Qwen3-8B", "Qwen3-8B", ""),
        ("qwen/qwen3-8b:free", "Qwen3-8B", ""),
        ("qwen3:8b", "Qwen3-8B", ""),
        ("Qwen3-8B-Q4_K_M.gguf", "Qwen3-8B", ""),
        ("D:\\models\\Llama-2-13b-hf", "Llama-2-13B", ""),
        ("qwen.qwen3-8b-v1:0", "Qwen3-8B", ""),
    ],
)
def test_the_repackager_is_kept_apart_from_the_model(given, model, repackager):
    found = identified(given)
    assert (found.model.name, found.repackager) == (model, repackager)


@pytest.mark.parametrize(
    ("given", "developer", "country"),
    [
        ("通义千问2.5", "Alibaba Cloud", "CN"),
        ("通义千问2.5-7B", "Alibaba Cloud", "CN"),
        ("豆包", "ByteDance", "CN"),
        ("混元", "Tencent", "CN"),
        ("文心", "Baidu", "CN"),
        ("文心一言", "Baidu", "CN"),
        ("盘古", "Huawei", "CN"),
        ("智谱清言", "Zhipu AI", "CN"),
        ("讯飞星火", "iFLYTEK", "CN"),
        ("Kimi K2", "Moonshot AI", "CN"),
        ("GPT-4o", "OpenAI", "US"),
    ],
)
def test_names_of_brands_and_chinese_names_are_known(given, developer, country):
    found = identified(given)
    assert (found.family.developer, found.family.country) == (developer, country)


@pytest.mark.parametrize(
    "given",
    [
        "acme/Qwen3-8B-finance-sft", "Qwen/Qwen3-9B", "my-llama", "自研大模型", "ministral/Ministral-3b-instruct", "Kvikontent/midjourney-v7",
        "someone/dia", "deepseek-chat-99", "stable-diffusion", "模型", "", "   ", "x" * 5_000, "/////", "https://huggingface.co/",
    ],
)  # fmt: skip
def test_what_is_not_known_is_not_claimed(given):
    assert meant(given) == (None, None)


def test_a_near_match_is_a_question():
    assert "Qwen3-8B" in names().identify_or_ask("Qwen3-8BB").maybe
    assert names().identify_or_ask("acme/Qwen3-8B-finance-sft").maybe == ("Qwen-3",)
    assert names().identify_or_ask("nothing like it at all").maybe == ()


def run(*arguments: str, **options: str) -> str:
    out = StringIO()
    call_command("identify_base_model", *arguments, stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_answers_as_data():
    known, unknown = json.loads(run("unsloth/Kimi-K2.5-GGUF", "acme-13b", format="json"))
    assert list(known)[:7] == KEYS
    assert (known["model"], known["developer"], known["country"], known["known"]) == (
        "Kimi-K2.5",
        "Moonshot AI",
        "CN",
        True,
    )
    assert {name: unknown[name] for name in KEYS} == {**dict.fromkeys(KEYS), "given": "acme-13b", "known": False}


@pytest.mark.django_db
def test_the_command_answers_in_both_languages():
    assert run("qwen3:8b", "Qwen3-8BB", "acme-13b").splitlines() == [
        "qwen3:8b: Qwen3-8B by Alibaba Cloud (CN), Apache-2.0.",
        "Qwen3-8BB: not known. Do you mean Qwen3-8B?",
        "acme-13b: not known.",
    ]
    assert run("unsloth/Qwen3-8B-GGUF", language="zh") == (
        "unsloth/Qwen3-8B-GGUF: Qwen3-8B，研制方 Alibaba Cloud（CN），许可协议 Apache-2.0。 副本发布者：unsloth。\n"
    )


@pytest.mark.parametrize(
    "given",
    [
        # Prefixes and words of somebody else's model.
        "Tsinghua-Qwen3-8B", "Salesforce-Llama-3-8B", "Nous-Llama-3-8B", "medical.qwen3-8b", "our.deepseek-v3", "腾讯Qwen3-8B",
        "someone/Llama-3-8B-Instruct-mix", "someone/Qwen3-8B-release", "someone/qwen3-8b-base-model", "Qwen3-8B-static",
        # A context, thinking: models of their own.
        "togethercomputer/LLaMA-2-7B-32K", "Llama-3-8B-1M", "Qwen3-8B-256k", "Qwen2-7B-Thinking", "prithivMLmods/Qwen3-8B-Thinking",
        "cerebras/Llama-3-8B-Instruct", "skt/Qwen3-8B-Chat", "LinkSoul/Chinese-Llama-2-7b",
        # No models, and hosts that are not known.
        "https://evil.example/Qwen/Qwen3-8B", "https://huggingface.co/spaces/Qwen/Qwen3-8B",
        "deepseek-r1:32b-qwen-distill-q4_K_M", "WizardLM-13B",
    ],
)  # fmt: skip
def test_a_model_that_only_resembles_a_known_one_is_not_claimed(given):
    assert meant(given) == (None, None)


@pytest.mark.parametrize("given", ["qwq:7b", "deepseek-v3:7b", "kimi-k2:1b", "phi4:3.8b", "gemma-4"])
def test_another_size_or_none_means_the_family_alone(given):
    family, model = meant(given)
    assert family is not None
    assert model is None


@pytest.mark.parametrize(
    ("given", "series", "member"),
    [
        ("通义千问", "Qwen", "Qwen-3"),
        ("llama", "LLaMA", "Llama-3"),
        ("百川", "Baichuan", "Baichuan-2"),
        ("混元大模型", "Hunyuan", "Hunyuan"),
        ("智谱", "GLM", "GLM-4.5"),
        ("InternLM", "InternLM", "InternLM3"),
    ],
)
def test_a_name_without_a_version_means_all_families_of_a_series(given, series, member):
    found = identified(given)
    assert (found.model, found.family.name, member in found.families) == (None, series, True)


def test_a_folder_of_the_hub_cache_is_its_model():
    assert meant("/root/.cache/huggingface/hub/models--Qwen--Qwen3-8B/snapshots/0a1b")[1] == "qwen-3-8b"


def test_models_that_are_not_published_have_no_license():
    assert [model.name for model in base_models() if not model.open_weights and model.license == "MIT"] == []
