"""
Known base models: the developer, country and license of each family, and which models derive from which.

Structures and their sources come from `model_families.json`. Developer, country, license and derivation are taken from the
developer's own release page, named in `release`. Licenses are SPDX ids or LicenseRef-…; a blank license means that its text
was not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "model_families.json"
_HUB = "https://huggingface.co/"


@dataclass(frozen=True, slots=True)
class Family:
    """What all models of a family share; `licenses` are exceptions, by the prefix of the model id."""

    developer: str
    country: str
    license: str
    release: str
    licenses: tuple[tuple[str, str], ...] = ()


_TONGYI, _TONGYI_RESEARCH = "LicenseRef-Tongyi-Qianwen", "LicenseRef-Tongyi-Qianwen-Research"
_DEEPSEEK = "LicenseRef-DeepSeek-1.0"
FAMILIES = {
    "LLaMA-1": Family("Meta", "US", "LicenseRef-Llama-1", "https://github.com/meta-llama/llama/tree/llama_v1"),
    "Llama-2": Family("Meta", "US", "LicenseRef-Llama-2", f"{_HUB}meta-llama"),
    "Llama-3": Family(
        "Meta",
        "US",
        "LicenseRef-Llama-3",
        f"{_HUB}meta-llama",
        (("llama-3.1-", "LicenseRef-Llama-3.1"), ("llama-3.2-", "LicenseRef-Llama-3.2")),
    ),
    "Yi": Family(
        "01.AI",
        "CN",
        "Apache-2.0",
        f"{_HUB}01-ai",
        (("yi-6b-original", "LicenseRef-Yi"), ("yi-34b-original", "LicenseRef-Yi")),
    ),
    "Qwen-1": Family("Alibaba Cloud", "CN", _TONGYI, f"{_HUB}Qwen", (("qwen-1-1.8b", _TONGYI_RESEARCH),)),
    "Qwen-1.5": Family(
        "Alibaba Cloud",
        "CN",
        _TONGYI,
        f"{_HUB}Qwen",
        tuple((f"qwen-1.5-{size}", _TONGYI_RESEARCH) for size in ("0.5b", "1.8b", "4b")),
    ),
    "Qwen-2/2.5": Family(
        "Alibaba Cloud",
        "CN",
        "Apache-2.0",
        f"{_HUB}Qwen",
        (("qwen-2-72b", _TONGYI), ("qwen-2.5-3b", "LicenseRef-Qwen-Research")),
    ),
    "Qwen-3": Family("Alibaba Cloud", "CN", "Apache-2.0", f"{_HUB}Qwen"),
    "Baichuan-1": Family("Baichuan", "CN", "LicenseRef-Baichuan", f"{_HUB}baichuan-inc"),
    "Baichuan-2": Family("Baichuan", "CN", "LicenseRef-Baichuan-2", f"{_HUB}baichuan-inc"),
    "InternLM-1": Family("Shanghai AI Laboratory", "CN", "LicenseRef-InternLM", f"{_HUB}internlm"),
    "InternLM-2": Family("Shanghai AI Laboratory", "CN", "LicenseRef-InternLM", f"{_HUB}internlm"),
    "ChatGLM": Family(
        "Zhipu AI",
        "CN",
        "LicenseRef-ChatGLM2",
        f"{_HUB}zai-org",
        (("chatglm3-", "LicenseRef-ChatGLM3"),),
    ),
    "GLM-4": Family("Zhipu AI", "CN", "LicenseRef-GLM-4", f"{_HUB}zai-org", (("glm-4-9b-0414", "MIT"),)),
    "DeepSeek-LLM": Family("DeepSeek", "CN", _DEEPSEEK, f"{_HUB}deepseek-ai"),
    "DeepSeek-MoE": Family("DeepSeek", "CN", _DEEPSEEK, f"{_HUB}deepseek-ai"),
    "DeepSeek-V2": Family("DeepSeek", "CN", _DEEPSEEK, f"{_HUB}deepseek-ai"),
    "DeepSeek-V3": Family("DeepSeek", "CN", _DEEPSEEK, f"{_HUB}deepseek-ai"),
    "Mistral": Family("Mistral AI", "FR", "Apache-2.0", f"{_HUB}mistralai"),
    "Mixtral": Family("Mistral AI", "FR", "Apache-2.0", f"{_HUB}mistralai"),
    "Falcon": Family("Technology Innovation Institute", "AE", "Apache-2.0", f"{_HUB}tiiuae"),
    "Falcon-3": Family("Technology Innovation Institute", "AE", "LicenseRef-Falcon-LLM-2.0", f"{_HUB}tiiuae"),
    "BLOOM": Family("BigScience", "FR", "LicenseRef-BigScience-RAIL-1.0", f"{_HUB}bigscience"),
    "GPT-2": Family("OpenAI", "US", "MIT", "https://github.com/openai/gpt-2"),
    "GPT-NeoX": Family("EleutherAI", "US", "Apache-2.0", f"{_HUB}EleutherAI"),
    "GPT-J": Family("EleutherAI", "US", "Apache-2.0", f"{_HUB}EleutherAI"),
    "MPT": Family("MosaicML", "US", "Apache-2.0", f"{_HUB}mosaicml"),
    "OPT": Family("Meta", "US", "LicenseRef-OPT-175B", f"{_HUB}facebook"),
    "Phi-1/2": Family("Microsoft", "US", "MIT", f"{_HUB}microsoft"),
    "Phi-3": Family("Microsoft", "US", "MIT", f"{_HUB}microsoft"),
    "Gemma-1": Family("Google", "US", "LicenseRef-Gemma", f"{_HUB}google"),
    "Gemma-2": Family("Google", "US", "LicenseRef-Gemma", f"{_HUB}google"),
    "Gemma-3": Family("Google", "US", "LicenseRef-Gemma", f"{_HUB}google"),
    "TinyLlama": Family("TinyLlama", "SG", "Apache-2.0", f"{_HUB}TinyLlama"),
    "OpenLLaMA": Family("OpenLM Research", "US", "Apache-2.0", f"{_HUB}openlm-research"),
    "Chinese-LLaMA-Alpaca": Family("HFL", "CN", "", f"{_HUB}hfl", (("chinese-llama-2-", "Apache-2.0"),)),
    "Skywork": Family("Kunlun Tech", "CN", "LicenseRef-Skywork", f"{_HUB}Skywork"),
    "Aquila": Family("Beijing Academy of Artificial Intelligence", "CN", "LicenseRef-Aquila", f"{_HUB}BAAI"),
    "XVERSE": Family("XVERSE Technology", "CN", "LicenseRef-XVERSE", f"{_HUB}xverse"),
    "MiniCPM": Family("OpenBMB", "CN", "LicenseRef-MiniCPM", f"{_HUB}openbmb"),
    "Orion": Family("OrionStar", "CN", "LicenseRef-Orion", f"{_HUB}OrionStarAI"),
    "StableLM": Family("Stability AI", "GB", "CC-BY-SA-4.0", f"{_HUB}stabilityai"),
    "OLMo": Family("Allen Institute for AI", "US", "Apache-2.0", f"{_HUB}allenai"),
    "OLMo-2": Family("Allen Institute for AI", "US", "Apache-2.0", f"{_HUB}allenai"),
    "SmolLM": Family("Hugging Face", "US", "Apache-2.0", f"{_HUB}HuggingFaceTB"),
    "StarCoder2": Family("BigCode", "US", "LicenseRef-BigCode-OpenRAIL-M", f"{_HUB}bigcode"),
    "Granite": Family("IBM", "US", "Apache-2.0", f"{_HUB}ibm-granite"),
}

# Derivations declared by the developers themselves: (model, relation, base model).
DERIVATIONS = (
    ("codellama-7b", "continued_pretraining", "llama-2-7b"),
    ("codellama-13b", "continued_pretraining", "llama-2-13b"),
    ("llama-3.2-1b", "pruning", "llama-3.1-8b"),
    ("llama-3.2-3b", "pruning", "llama-3.1-8b"),
    ("chinese-llama-plus-7b", "continued_pretraining", "llama-1-7b"),
    ("chinese-alpaca-plus-7b", "finetune", "chinese-llama-plus-7b"),
    ("chinese-llama-2-7b", "continued_pretraining", "llama-2-7b"),
)

# How the developers write the names, by prefix of the id; the rest of the id follows, with sizes in capitals.
_NAMES = (
    ("llama-1-", "LLaMA-"),
    ("llama-2-", "Llama-2-"),
    ("codellama-", "CodeLlama-"),
    ("llama-3", "Llama-3"),
    ("chinese-llama-", "Chinese-LLaMA-"),
    ("chinese-alpaca-", "Chinese-Alpaca-"),
    ("open-llama-", "OpenLLaMA-"),
    ("tinyllama-", "TinyLlama-"),
    ("qwen-1-", "Qwen-"),
    ("qwen-", "Qwen"),
    ("chatglm", "ChatGLM"),
    ("glm-", "GLM-"),
    ("internlm", "InternLM"),
    ("baichuan", "Baichuan"),
    ("deepseek-llm-", "DeepSeek-LLM-"),
    ("deepseek-moe-", "DeepSeek-MoE-"),
    ("deepseek-coder-", "DeepSeek-Coder-"),
    ("deepseek-v", "DeepSeek-V"),
    ("mistral-", "Mistral-"),
    ("mixtral-", "Mixtral-"),
    ("falcon", "Falcon"),
    ("bloom-", "BLOOM-"),
    ("gpt2", "GPT-2"),
    ("gpt-neox-", "GPT-NeoX-"),
    ("gpt-j-", "GPT-J-"),
    ("pythia-", "Pythia-"),
    ("mpt-", "MPT-"),
    ("opt-", "OPT-"),
    ("phi-", "Phi-"),
    ("gemma-", "Gemma-"),
    ("skywork-", "Skywork-"),
    ("aquila", "Aquila"),
    ("xverse-", "XVERSE-"),
    ("minicpm-", "MiniCPM-"),
    ("orion-", "Orion-"),
    ("stablelm-", "StableLM-"),
    ("olmo-", "OLMo-"),
    ("smollm", "SmolLM"),
    ("starcoder", "StarCoder"),
    ("granite-", "Granite-"),
    ("yi-", "Yi-"),
)
_STRUCTURE = (
    "architectures",
    "model_type",
    "scheme",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "vocab_size",
    "rope_theta",
    "norm_eps",
    "tie_word_embeddings",
    "max_position_embeddings",
    "hidden_act",
    "norm_kind",
    "extra",
    "signature",
    "from_memory_fields",
    "same_layer_block_in_other_families",
)


@dataclass(frozen=True, slots=True)
class BaseModel:
    """One model of the catalog."""

    id: str
    name: str
    family: str
    developer: str
    country: str
    license: str
    release: str
    structure: dict[str, Any]
    sources: list[str]
    note: str
    parents: list[tuple[str, str]] = field(default_factory=list)
    tokenizer: dict[str, Any] = field(default_factory=dict)


@cache
def schema() -> str:
    return str(_read()["schema"])


def naming_schemes() -> dict[str, Any]:
    """Return the naming schemes of tensors: patterns and example shapes, within and outside layers."""
    schemes: dict[str, Any] = _read()["naming_schemes"]
    return schemes


def base_models() -> list[BaseModel]:
    """Return the models of the catalog. Raises KeyError for a family that is missing in FAMILIES."""
    return list(_base_models())


def _base_models() -> Iterator[BaseModel]:
    table = _read()
    for entry in table["models"]:
        family = FAMILIES[entry["family"]]
        yield BaseModel(
            id=entry["id"],
            name=name_of(entry["id"]),
            family=entry["family"],
            developer=family.developer,
            country=family.country,
            license=next((text for start, text in family.licenses if entry["id"].startswith(start)), family.license),
            release=family.release,
            structure={name: entry[name] for name in _STRUCTURE},
            sources=[table["sources"][code] for code in entry["sources"]],
            note=entry["note"],
            parents=[(base, relation) for model, relation, base in DERIVATIONS if model == entry["id"]],
            tokenizer=entry.get("tokenizer_features") or {},
        )


def name_of(id: str) -> str:
    """Return the name of a model as its developer writes it, from its id in the table."""
    prefix, name = next((pair for pair in _NAMES if id.startswith(pair[0])), (id, id))
    return name + re.sub(r"(?<=\d)[bm]\b", lambda size: size[0].upper(), id.removeprefix(prefix))


@cache
def _read() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return table
