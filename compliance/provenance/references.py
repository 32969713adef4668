"""The structures and tensor names of the known base models, from the table shipped with the product."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from compliance.provenance.layers import Shapes, pattern_of
from compliance.provenance.structure import EXPERTS, GATED, PLAIN, Block, raw_layer
from registry.reference.base_models import BaseModel, base_models, naming_schemes

# Schemes that a publisher first used and later withdrew: 01.AI's first Yi (ln1, ln2) has Llama's scheme.
RENAMED_SCHEMES = {"yi": "llama"}
_FUSED = re.compile(
    r"(qkv|c_attn|W_pack|query_key_value|wqkv|Wqkv|kv_proj|gate_up_proj|in_proj|h_to_4h)", re.IGNORECASE
)

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
    """One known model. `layer` is set if the roles of its parts cannot be derived from shapes."""

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
    scheme: Scheme
    classes: tuple[str, ...]
    model_type: str
    tokenizer: Mapping[str, Any]


@cache
def references() -> tuple[Reference, ...]:
    """Return the known models, in the order of the table."""
    return tuple(_reference(model) for model in base_models())


@cache
def known_classes() -> frozenset[str]:
    """Return the class names of known models."""
    return frozenset(name for reference in references() for name in reference.classes)


@cache
def known_types() -> frozenset[str]:
    return frozenset(reference.model_type for reference in references())


@cache
def schemes() -> Mapping[str, Scheme]:
    return {name: _scheme(name, entry) for name, entry in naming_schemes().items()}


def without(families: Collection[str]) -> tuple[Reference, ...]:
    """Return the known models except those of some families."""
    return tuple(reference for reference in references() if reference.family not in families)


def is_fused_name(name: str) -> bool:
    """Whether known models use this name for several matrices fused into one."""
    return bool(_FUSED.search(name))


def _reference(model: BaseModel) -> Reference:
    structure = model.structure
    block = _block(structure)
    return Reference(
        id=model.id,
        name=model.name,
        family=model.family,
        license=model.license,
        block=block,
        layer=None if block else _low_rank_layer(structure),
        depth=structure["num_hidden_layers"],
        vocabulary=structure["vocab_size"],
        is_tied=structure["tie_word_embeddings"],
        rope_theta=structure["rope_theta"],
        norm_eps=structure["norm_eps"],
        scheme=schemes()[structure["scheme"]],
        classes=tuple(structure["architectures"]),
        model_type=structure["model_type"],
        tokenizer=model.tokenizer,
    )


def _block(structure: Mapping[str, Any]) -> Block | None:
    signature = structure["signature"]
    if not signature["q"]:
        return None
    width, experts = signature["d"], signature["experts"] or 0
    vectors = sum(int(size) * count for size, count in signature["vectors_per_layer"].items())
    shared = structure["extra"].get("moe", {}).get("shared", 0) * signature["ffn"]
    mlp = EXPERTS if experts else GATED if signature["mlp"] == "gated" else PLAIN
    mass = Fraction(vectors, width)
    return Block(width, signature["q"], signature["kv"], signature["ffn"], mlp, experts, shared, mass)


def _low_rank_layer(structure: Mapping[str, Any]) -> Raw:
    """Return the shapes of one expert layer of DeepSeek V2 or V3, which uses low-rank attention."""
    width, heads = structure["hidden_size"], structure["num_attention_heads"]
    low, experts = structure["extra"]["mla"], structure["extra"]["moe"]
    shared = experts["shared"] * experts["ff"]
    queries = heads * (low["nope"] + low["rope"])
    shapes: Shapes = Counter()
    shapes[low["kv"] + low["rope"], width] += 1
    shapes[heads * (low["nope"] + low["v"]), low["kv"]] += 1
    shapes[width, heads * low["v"]] += 1
    if low["q"]:
        shapes[low["q"], width] += 1
        shapes[queries, low["q"]] += 1
    else:
        shapes[queries, width] += 1
    shapes[experts["E"], width] += 1
    shapes[experts["ff"], width] += 3 * experts["E"]
    shapes[shared, width] += 3
    for size, count in structure["signature"]["vectors_per_layer"].items():
        shapes[int(size),] += count
    return raw_layer(shapes)


def _scheme(name: str, entry: Mapping[str, Any]) -> Scheme:
    inside = {pattern_of(pattern): tuple(shape) for pattern, shape in entry["per_layer"]}
    outside = {pattern_of(pattern): tuple(shape) for pattern, shape in entry["global"]}
    return Scheme(name, inside, outside, any(re.search(r"qkv|c_attn|W_pack|query_key_value", each) for each in inside))
