"""One known base model as evidence is compared with it, and the tensor names of the families."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from compliance.provenance.layers import pattern_of
from compliance.provenance.structure import Block
from registry.reference.base_models import naming_schemes

# Schemes that a publisher first used and later withdrew: 01.AI's first Yi (ln1, ln2) has Llama's scheme.
RENAMED_SCHEMES = {"yi": "llama"}
_FUSED = re.compile(
    r"(qkv|c_attn|W_pack|query_key_value|wqkv|Wqkv|kv_proj|gate_up_proj|in_proj|h_to_4h)", re.IGNORECASE
)

# The features by which tokenizers are compared.
FEATURES = ("vocab_size", "num_merges", "merge_rule_hash")
# The sizes that a configuration gives.
SIZES = ("width", "heads", "kv_heads", "head_size", "ff", "experts", "expert_ff", "query_rank", "key_rank")

Raw = frozenset[tuple[tuple[int, ...], int]]


@dataclass(frozen=True, slots=True)
class Scheme:
    """The tensor names of a family: patterns with `{}` for numbers, each with the shape from the example in the table."""

    name: str
    inside: Mapping[str, tuple[int, ...]]
    outside: Mapping[str, tuple[int, ...]]
    is_fused: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """
    One known model. `block` is set if the roles of the parts of a layer are known, `layer` if only their shapes are (latent
    attention); both are None if its configuration alone is known: `configuration` holds its `SIZES`, None for one that it does not
    give. `scheme` is None if its tensor names are not known.
    """

    id: str
    name: str
    family: str
    license: str
    block: Block | None
    layer: Raw | None
    depth: int
    vocabulary: int
    is_tied: bool
    rope_theta: float | None
    norm_eps: float | None
    scheme: Scheme | None
    classes: tuple[str, ...]
    model_type: str
    tokenizer: Mapping[str, Any]
    configuration: tuple[int | None, ...]


@cache
def schemes() -> Mapping[str, Scheme]:
    return {name: _scheme(name, entry) for name, entry in naming_schemes().items()}


def is_fused_name(name: str) -> bool:
    """Whether known models use this name for several matrices fused into one."""
    return bool(_FUSED.search(name))


def _scheme(name: str, entry: Mapping[str, Any]) -> Scheme:
    inside = {pattern_of(pattern): tuple(shape) for pattern, shape in entry["per_layer"]}
    outside = {pattern_of(pattern): tuple(shape) for pattern, shape in entry["global"]}
    return Scheme(name, inside, outside, any(re.search(r"qkv|c_attn|W_pack|query_key_value", each) for each in inside))
