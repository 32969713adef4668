"""Recognizing a known base model by its name on the Hub, in a path or in a title: the series of model names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from registry.reference.base_models import BaseModel, base_model, families, table
from registry.reference.identifying import identified, names


@dataclass(frozen=True, slots=True)
class SeriesPattern:
    """A series of models: the expression of their names, their family, and the prefix of their ids in the table."""

    expression: str
    family: str
    prefix: str
    license: str = ""

    @property
    def pattern(self) -> re.Pattern[str]:
        """The expression, compiled when it is first asked for: most names are known without it."""
        return _pattern(self.expression)


@cache
def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9]){expression}", re.IGNORECASE)


# Requiring separators between the words before a size keeps matching linear in the length of the name.
_SIZE = r"(?=[-_ ]?(?:[^\W_]+[-_ .])*?\d+(?:[._]\d+)?[bm](?![a-z0-9]))"
# The first match counts; models that derive from others and contain both names therefore come first.
SERIES = (
    SeriesPattern(r"deepseek[-_ ]r1[-_ ]distill[-_ ]llama", "Llama-3", "llama-3.1-"),
    SeriesPattern(r"deepseek[-_ ]r1[-_ ]distill[-_ ]qwen", "Qwen-2/2.5", "qwen-2.5-"),
    SeriesPattern(r"sheared[-_ ]?llama", "Llama-2", "sheared-", "LicenseRef-Llama-2"),
    SeriesPattern(r"(?:meta[-_ ])?llama[-_ ]?guard[-_ ]?3", "Llama-3", "guard-", "LicenseRef-Llama-3.1"),
    SeriesPattern(r"(?:meta[-_ ])?llama[-_ ]?guard[-_ ]?2", "Llama-3", "guard-", "LicenseRef-Llama-3"),
    SeriesPattern(r"(?:meta[-_ ])?llama[-_ ]?4(?![\d.]|[bm](?![a-z]))", "Llama-4", "llama-4-", "LicenseRef-Llama-4"),
    SeriesPattern(r"tiny[-_ ]?llama", "TinyLlama", "tinyllama-"),
    SeriesPattern(r"open[-_ ]?llama", "OpenLLaMA", "open-llama-"),
    SeriesPattern(r"chinese[-_ ]?(?:llama|alpaca)[-_ ]?2", "Chinese-LLaMA-Alpaca", "chinese-llama-2-"),
    SeriesPattern(r"chinese[-_ ]?llama[-_ ]?plus", "Chinese-LLaMA-Alpaca", "chinese-llama-plus-"),
    SeriesPattern(r"chinese[-_ ]?alpaca[-_ ]?plus", "Chinese-LLaMA-Alpaca", "chinese-alpaca-plus-"),
    SeriesPattern(r"code[-_ ]?llama", "Llama-2", "codellama-"),
    SeriesPattern(r"(?:meta[-_ ])?llama[-_ ]?3[._]1(?!\d)", "Llama-3", "llama-3.1-", "LicenseRef-Llama-3.1"),
    SeriesPattern(r"(?:meta[-_ ])?llama[-_ ]?3[._]2(?!\d)", "Llama-3", "llama-3.2-", "LicenseRef-Llama-3.2"),
    SeriesPattern(r"(?:meta[-_ ])?llama[-_ ]?3[._]3(?!\d)", "Llama-3", "llama-3.3-", "LicenseRef-Llama-3.3"),
    SeriesPattern(r"(?:meta[-_ ])?llama[-_ ]?3(?![\d.]|[bm](?![a-z]))", "Llama-3", "llama-3-", "LicenseRef-Llama-3"),
    SeriesPattern(r"(?:meta[-_ ])?llama[-_ ]?2(?![\d.]|[bm](?![a-z]))", "Llama-2", "llama-2-", "LicenseRef-Llama-2"),
    SeriesPattern(r"llama[-_ ]?1?" + _SIZE, "LLaMA-1", "llama-1-"),
    SeriesPattern(r"qwen[-_ ]?3(?![\d.]|[bm](?![a-z]))", "Qwen-3", "qwen-3-"),
    SeriesPattern(r"qwen[-_ ]?2[._]5", "Qwen-2/2.5", "qwen-2.5-"),
    SeriesPattern(r"qwen[-_ ]?2(?![\d.]|[bm](?![a-z]))", "Qwen-2/2.5", "qwen-2-"),
    SeriesPattern(r"qwen[-_ ]?1[._]5", "Qwen-1.5", "qwen-1.5-"),
    SeriesPattern(r"qwen(?:[-_ ]1)?" + _SIZE, "Qwen-1", "qwen-1-"),
    SeriesPattern(r"yi[-_ ]1[._]5", "Yi", "yi-1.5-"),
    SeriesPattern(r"(?<![a-z]-)yi[-_](?:coder[-_]|vl[-_])?" + _SIZE, "Yi", "yi-"),
    SeriesPattern(r"baichuan[-_ ]?2", "Baichuan-2", "baichuan2-"),
    SeriesPattern(r"baichuan(?:[-_ ]1)?" + _SIZE, "Baichuan-1", "baichuan-"),
    SeriesPattern(r"internlm[-_ ]?2(?:[._]5)?(?!\d|[bm](?![a-z]))", "InternLM-2", "internlm2-"),
    SeriesPattern(r"internlm" + _SIZE, "InternLM-1", "internlm-"),
    SeriesPattern(r"chatglm[-_ ]?2", "ChatGLM", "chatglm2-"),
    SeriesPattern(r"chatglm[-_ ]?3", "ChatGLM", "chatglm3-"),
    SeriesPattern(r"glm[-_ ]?4", "GLM-4", "glm-4-"),
    SeriesPattern(r"deepseek[-_ ]?(?:coder[-_ ]?)?v2[-_ ]?lite", "DeepSeek-V2", "deepseek-v2-lite"),
    SeriesPattern(r"deepseek[-_ ]?(?:coder[-_ ]?)?v2", "DeepSeek-V2", "deepseek-v2"),
    SeriesPattern(r"deepseek[-_ ]?(?:r1|v3[-_ ]0324|v3[._][12])", "DeepSeek-V3", "deepseek-v3", "MIT"),
    SeriesPattern(r"deepseek[-_ ]?v3", "DeepSeek-V3", "deepseek-v3"),
    SeriesPattern(r"deepseek[-_ ]?moe", "DeepSeek-MoE", "deepseek-moe-"),
    SeriesPattern(r"deepseek[-_ ]?coder", "DeepSeek-LLM", "deepseek-coder-"),
    SeriesPattern(r"deepseek[-_ ]?llm", "DeepSeek-LLM", "deepseek-llm-"),
    SeriesPattern(r"mixtral", "Mixtral", "mixtral-"),
    SeriesPattern(r"mistral[-_ ]?nemo", "Mistral", "mistral-nemo-"),
    SeriesPattern(r"mistral[-_ ]?small", "Mistral", "mistral-small-"),
    SeriesPattern(r"mistral" + _SIZE, "Mistral", "mistral-"),
    SeriesPattern(r"falcon[-_ ]?3", "Falcon-3", "falcon3-"),
    SeriesPattern(r"falcon" + _SIZE, "Falcon", "falcon-"),
    SeriesPattern(r"bloomz?[-_](?=\d)", "BLOOM", "bloom-"),
    SeriesPattern(r"gpt[-_]?2[-_]medium", "GPT-2", "gpt2-medium"),
    SeriesPattern(r"gpt[-_]?2[-_]large", "GPT-2", "gpt2-large"),
    SeriesPattern(r"gpt[-_]?2[-_]xl", "GPT-2", "gpt2-xl"),
    SeriesPattern(r"gpt[-_]?2(?![\d.])", "GPT-2", "gpt2"),
    SeriesPattern(r"gpt[-_]?neox", "GPT-NeoX", "gpt-neox-"),
    SeriesPattern(r"pythia" + _SIZE, "GPT-NeoX", "pythia-"),
    SeriesPattern(r"gpt[-_]?j(?![a-z])", "GPT-J", "gpt-j-"),
    SeriesPattern(r"mpt[-_](?=\d)", "MPT", "mpt-"),
    SeriesPattern(r"opt[-_](?=\d+(?:\.\d+)?[bm])", "OPT", "opt-"),
    SeriesPattern(r"phi[-_]?1[._]5", "Phi-1/2", "phi-1.5"),
    SeriesPattern(r"phi[-_]?2(?![\d.])", "Phi-1/2", "phi-2"),
    SeriesPattern(r"phi[-_]?3[-_]mini", "Phi-3", "phi-3-mini"),
    SeriesPattern(r"phi[-_]?3[-_]medium", "Phi-3", "phi-3-medium"),
    SeriesPattern(r"phi[-_]?3", "Phi-3", "phi-3-"),
    SeriesPattern(r"phi[-_]?4(?![\d.])", "Phi-3", "phi-4"),
    SeriesPattern(r"gemma[-_ ]?3(?![\d.]|[bm](?![a-z]))", "Gemma-3", "gemma-3-"),
    SeriesPattern(r"gemma[-_ ]?2(?![\d.]|[bm](?![a-z]))", "Gemma-2", "gemma-2-"),
    SeriesPattern(r"gemma(?:[-_ ]?1(?:\.1)?)?" + _SIZE, "Gemma-1", "gemma-"),
    SeriesPattern(r"skywork" + _SIZE, "Skywork", "skywork-"),
    SeriesPattern(r"aquila(?:chat)?[-_ ]?2", "Aquila", "aquila2-"),
    SeriesPattern(r"aquila(?:chat)?" + _SIZE, "Aquila", "aquila-"),
    SeriesPattern(r"xverse" + _SIZE, "XVERSE", "xverse-"),
    SeriesPattern(r"minicpm" + _SIZE, "MiniCPM", "minicpm-"),
    SeriesPattern(r"orion[-_ ](?=14b)", "Orion", "orion-"),
    SeriesPattern(r"stablelm" + _SIZE, "StableLM", "stablelm-"),
    SeriesPattern(r"olmo[-_ ]?2(?![\d.]|[bm](?![a-z]))", "OLMo-2", "olmo-2-"),
    SeriesPattern(r"olmo" + _SIZE, "OLMo", "olmo-"),
    SeriesPattern(r"smollm", "SmolLM", "smollm2-"),
    SeriesPattern(r"starcoder[-_ ]?2", "StarCoder2", "starcoder2-"),
    SeriesPattern(r"granite[-_ ]?3", "Granite", "granite-3.1-"),
)
_A_SIZE = re.compile(r"(?<![a-z0-9.])(\d+x)?(\d+(?:[._]\d+)?)(b\d?|m)(?![a-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """
    A recognized base model: its family, and the models of the table that it can be, or whose layers it keeps (none if the size is
    not in the table). `families` are its own and those on which it stands.
    """

    family: str
    models: tuple[str, ...]
    license: str
    families: tuple[str, ...] = ()


# Words that a name may contain besides series and size while still meaning the same model.
_PLAIN_TOKENS = frozenset(
    [
        "instruct",
        "chat",
        "base",
        "it",
        "hf",
        "original",
        "gguf",
        "awq",
        "gptq",
        "int4",
        "int8",
        "4bit",
        "8bit",
        "fp8",
        "bf16",
        "fp16",
        "mlx",
        "bnb",
        "nf4",
        "coder",
        "code",
        "math",
        "python",
        "preview",
        "distill",
        "meta",
        "model",
        "models",
    ]
)
_PLAIN = re.compile(
    r"\d+(?:x\d+)?(?:\.\d+)?[bm]\d?|v?\d+|\d+[kmt]|\d+e\d+t|q\d(?:_\w+)?|a\d+(?:\.\d+)?b", re.IGNORECASE
)


# Relations to a base model that keep its layers.
_KEEPS_LAYERS = frozenset({"finetune", "continued_pretraining", "adapter", "quantized", "distillation"})


@lru_cache(maxsize=20_000)
def base_model_named(name: str | None) -> Named | None:
    """
    Return the known base model that a Hub name, a path or a title refers to, or None.

    A name with words that indicate another model (mini, vision, mamba) refers to the family but to no model in the table.
    """
    written = (name or "").strip()[:500]
    found = identified(written)
    if found.model is not None:
        return _named(found.model, written)
    if found.family is not None:
        return Named(found.family.name, (), found.family.license, found.families or (found.family.name,))
    return _of_a_series(written) or _of_a_family(names().family_within(written))


def model_with_a_size(name: str) -> Named | None:
    """Return the known model whose name, with its size or its version, is a part of a longer name."""
    id = names().model_within(name[:500])
    return _named(base_model(id), name) if id else None


def _named(model: BaseModel, written: str) -> Named:
    kept = [base.id for base, keeps in _above(model) if keeps]
    series = None if model.license else _of_a_series(written)
    return Named(model.family, (model.id, *kept), series.license if series else model.license, families_above(model))


def families_above(model: BaseModel) -> tuple[str, ...]:
    """Return the family of a model and those on which it stands."""
    return tuple(dict.fromkeys([model.family, *(base.family for base, _ in _above(model))]))


def _above(model: BaseModel) -> Iterator[tuple[BaseModel, bool]]:
    """Yield the models on which one stands, and whether its layers are those of each."""
    waiting, visited = [(model, True)], {model.id}
    while waiting:
        child, keeps = waiting.pop()
        for id, relation in child.parents:
            if id not in visited:
                visited.add(id)
                still = keeps and relation in _KEEPS_LAYERS
                yield base_model(id), still
                waiting.append((base_model(id), still))


def _of_a_family(family: str | None) -> Named | None:
    return Named(family, (), _license_of(family), (family,)) if family else None


def _of_a_series(written: str) -> Named | None:
    for series in SERIES:
        if found := series.pattern.search(written):
            after = written[found.start() :]
            models = sorted(_models(series, after), key=lambda model: _closeness(model.id, written))
            license = series.license or next((model.license for model in models), _license_of(series.family))
            plain = _is_plain(written, found)
            named = tuple(model.id for model in models) if plain else ()
            return Named(series.family, named, license, (series.family,))
    return None


def _license_of(family: str) -> str:
    return families()[family].license if family in families() else ""


def _closeness(id: str, written: str) -> tuple[int, int]:
    """Sort key: models whose whole id is contained in the name first, the longest first; then the others, shortest first."""
    is_contained = re.sub(r"[^a-z0-9]", "", id) in re.sub(r"[^a-z0-9]", "", written.casefold())
    return (0, -len(id)) if is_contained else (1, len(id))


def _is_plain(written: str, found: re.Match[str]) -> bool:
    """Say whether a name contains nothing but its series, its size, and words that any model of a series may have."""
    last = re.split(r"[/\\]", written[: found.start()])[-1]
    rest = re.split(r"[/\\]", written[found.end() :])[0]
    tokens = [token for token in re.split(r"[-_ .@:]+", f"{last} {rest}".casefold()) if token]
    return all(token in _PLAIN_TOKENS or _PLAIN.fullmatch(token) for token in tokens)


# SeriesPattern whose sizes are looked up in an earlier series if they are not in the table: the structure is the same.
_SAME_STRUCTURE = MappingProxyType({"qwen-2.5-": "qwen-2-"})


def _models(series: SeriesPattern, written: str) -> Iterator[BaseModel]:
    """Yield the models in the table that a name can mean; a Qwen2.5 size that is not in it has the structure of Qwen2."""
    found = list(_models_of(series.prefix, written))
    yield from found or _models_of(_SAME_STRUCTURE.get(series.prefix, series.prefix), written)


def _models_of(prefix: str, written: str) -> Iterator[BaseModel]:
    size = next((f"{found[1] or ''}{found[2]}{found[3]}" for found in _A_SIZE.finditer(written)), "")
    if prefix.endswith("-") and not size:
        return
    stem = f"{prefix}{size.replace('_', '.').casefold()}" if prefix.endswith("-") else prefix
    for id in table().models.beginning(stem):
        if id == stem or (prefix.endswith("-") and id.startswith(f"{stem}-")):
            yield base_model(id)
