"""Read model dimensions from config.json or from GGUF key-value metadata, under the names that each family uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.provenance.structure import EXPERTS, Structure
from compliance.provenance.tensors import Contradiction

_NESTED = ("text_config", "llm_config", "language_config", "thinker_config")
_NAMES = {
    "width": ("hidden_size", "n_embd", "d_model"),
    "depth": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "heads": ("num_attention_heads", "n_head", "n_heads"),
    "kv_heads": ("num_key_value_heads", "multi_query_group_num", "num_kv_heads"),
    "head_size": ("head_dim", "kv_channels"),
    "ff": ("intermediate_size", "ffn_hidden_size", "n_inner", "ffn_dim"),
    "vocabulary": ("vocab_size", "padded_vocab_size"),
    "extra_layers": ("num_nextn_predict_layers",),
    "experts": ("n_routed_experts", "num_experts", "num_local_experts", "moe_num_experts", "n_experts"),
    "expert_ff": ("moe_intermediate_size", "expert_ffn_hidden_size", "moe_ffn_hidden_size"),
    "query_rank": ("q_lora_rank",),
    "key_rank": ("kv_lora_rank",),
    "window": ("sliding_window",),
}
# Parts of a multimodal model beside its language model, by their roles.
_TOWERS = {
    "vision": ("vision_config", "visual", "vision_tower_config", "vit_config"),
    "audio": ("audio_config", "audio_encoder_config", "speech_config"),
}
_GGUF_NAMES = {
    "width": "embedding_length",
    "depth": "block_count",
    "heads": "attention.head_count",
    "kv_heads": "attention.head_count_kv",
    "head_size": "attention.key_length",
    "ff": "feed_forward_length",
}
# Vocabulary rows added only for alignment.
MOST_PADDING = 512
_LARGEST = 2**40


@dataclass(frozen=True, slots=True)
class Config:
    """The usable values of a configuration; `classes` are its architectures."""

    width: int | None = None
    depth: int | None = None
    heads: int | None = None
    kv_heads: int | None = None
    head_size: int | None = None
    ff: int | None = None
    vocabulary: int | None = None
    extra_layers: int | None = None
    experts: int | None = None
    expert_ff: int | None = None
    query_rank: int | None = None
    key_rank: int | None = None
    window: int | None = None
    # The depth and the width of each part beside the language model.
    towers: tuple[tuple[str, int | None, int | None], ...] = ()
    classes: tuple[str, ...] = ()
    model_type: str | None = None

    @property
    def q(self) -> int | None:
        """The width of the queries."""
        size = self.size_of_a_head
        return self.heads * size if self.heads and size else None

    @property
    def kv(self) -> int | None:
        size = self.size_of_a_head
        return (self.kv_heads or self.heads or 0) * size if self.heads and size else None

    @property
    def size_of_a_head(self) -> int | None:
        if self.head_size:
            return self.head_size
        return self.width // self.heads if self.width and self.heads else None


def config_of(evidence: Mapping[str, Any]) -> Config:
    """Read config.json, or the GGUF header if there is no config.json."""
    config = evidence.get("config.json")
    if isinstance(config, Mapping):
        return _from_config(config)
    header = evidence.get("gguf_header")
    values = header.get("kv") if isinstance(header, Mapping) else None
    return _from_gguf(values) if isinstance(values, Mapping) else Config()


def plain_config(evidence: Mapping[str, Any]) -> Mapping[str, Any]:
    config = evidence.get("config.json")
    return config if isinstance(config, Mapping) else {}


def _from_config(config: Mapping[str, Any]) -> Config:
    text = _language_part(config)
    values = {**config, **{name: value for name, value in text.items() if name != "architectures"}}
    found: dict[str, Any] = {field: _whole(values, names) for field, names in _NAMES.items()}
    if values.get("multi_query") is True and values.get("new_decoder_architecture") is not True:
        # The first Falcon gives the number of query heads for the keys, too, but has one key head.
        found["kv_heads"] = 1
    classes = config.get("architectures")
    return Config(
        **found,
        towers=tuple(_towers(config)),
        classes=tuple(name for name in classes if isinstance(name, str))[:10] if isinstance(classes, list) else (),
        model_type=_text(config.get("model_type")),
    )


def _language_part(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the nested configuration of the language model, of at most three levels; empty if there is none."""
    part: Mapping[str, Any] = {}
    for _ in range(3):
        inner = next((each for name in _NESTED if isinstance(each := (part or config).get(name), Mapping)), None)
        if inner is None:
            break
        part = inner
    return part


def _towers(config: Mapping[str, Any]) -> Iterator[tuple[str, int | None, int | None]]:
    for role, names in _TOWERS.items():
        if tower := next((each for name in names if isinstance(each := config.get(name), Mapping)), None):
            depth = _whole(tower, (*_NAMES["depth"], "depth", "vt_num_hidden_layers", "encoder_layers"))
            yield role, depth, _whole(tower, (*_NAMES["width"], "embed_dim", "vt_hidden_size"))


def _from_gguf(values: Mapping[str, Any]) -> Config:
    architecture = _text(values.get("general.architecture"))
    found: dict[str, Any] = {field: _whole(values, (f"{architecture}.{name}",)) for field, name in _GGUF_NAMES.items()}
    tokens = values.get("tokenizer.ggml.tokens")
    vocabulary = len(tokens) if isinstance(tokens, list) else None
    return Config(
        **found,
        vocabulary=_whole(values, (f"{architecture}.vocab_size",)) or vocabulary,
        model_type=architecture,
    )


def _whole(values: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    for name in names:
        value = values.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < _LARGEST:
            return value
    return None


def _text(value: Any) -> str | None:
    return value[:200] if isinstance(value, str) and value else None


def mismatches(config: Config, structure: Structure) -> Iterator[Contradiction]:
    """Yield the values that differ between the configuration and the header."""
    yield from _differs("hidden_size", config.width, structure.width)
    if config.depth is not None and structure.depth not in (config.depth, config.depth + (config.extra_layers or 0)):
        yield Contradiction("num_hidden_layers", {"found": config.depth, "asked": structure.depth})
    if config.vocabulary and structure.vocabulary is not None:
        beyond = structure.vocabulary - config.vocabulary
        if not 0 <= beyond < MOST_PADDING:
            yield Contradiction("vocab_size", {"found": config.vocabulary, "asked": structure.vocabulary})
    if block := structure.block:
        if config.head_size:
            yield from _differs("num_attention_heads", config.q, block.q)
        elif config.heads and block.q % config.heads:
            # Without the head size, only a number of heads that does not divide the width is a mismatch.
            yield Contradiction("num_attention_heads", {"found": config.heads, "asked": block.q})
        if config.kv_heads and config.heads and block.q % config.heads == 0:
            yield from _differs("num_key_value_heads", config.kv_heads * (block.q // config.heads), block.kv)
        # Qwen-1 counts gate and up together; with experts the field has other meanings.
        if block.mlp != EXPERTS and config.ff not in (None, block.ff, 2 * block.ff):
            yield Contradiction("intermediate_size", {"found": config.ff, "asked": block.ff})


def _differs(name: str, found: int | None, expected: int) -> Iterator[Contradiction]:
    if found is not None and found != expected:
        yield Contradiction(name, {"found": found, "asked": expected})
