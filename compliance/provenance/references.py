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
from registry.reference.base_models import BaseModel, models_with_structure, naming_schemes
from registry.reference.layer_sizes import has_layer, layer_sizes, matrices_of, vectors_of

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
    """
    One known model. `block` is set if the roles of the parts of a layer are known, `layer` if only their shapes are (latent
    attention); both are None if its configuration alone is known. `scheme` is None if its tensor names are not known.
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
    structure: Mapping[str, Any]


@cache
def references() -> tuple[Reference, ...]:
    """Return the known models whose structure is known, in the order of the table."""
    return tuple(reference_of(model) for model in models_with_structure())


@cache
def number_of_layers_known() -> int:
    """Return how many known models a header can be compared with."""
    return sum(reference.block is not None or reference.layer is not None for reference in references())


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


def reference_of(model: BaseModel) -> Reference:
    """Return what evidence about a model is compared with. Its structure must be known."""
    structure = model.structure
    block = _block(structure) if has_layer(structure) else None
    return Reference(
        id=model.id,
        name=model.name,
        family=model.family,
        license=model.license,
        block=block,
        layer=_layer(structure) if has_layer(structure) and block is None else None,
        depth=structure["num_hidden_layers"],
        vocabulary=structure.get("vocab_size", 0),
        is_tied=structure.get("tie_word_embeddings", False),
        rope_theta=structure.get("rope_theta"),
        norm_eps=structure.get("norm_eps"),
        scheme=schemes().get(structure.get("scheme", "")),
        classes=tuple(structure.get("architectures", ())),
        model_type=structure.get("model_type", ""),
        tokenizer=model.tokenizer,
        structure=structure,
    )


def _block(structure: Mapping[str, Any]) -> Block | None:
    sizes = layer_sizes(structure)
    if not sizes.q:
        return None
    mlp = EXPERTS if sizes.experts else GATED if sizes.is_gated else PLAIN
    mass = Fraction(sum(size * count for size, count in vectors_of(structure).items()), sizes.width)
    return Block(sizes.width, sizes.q, sizes.kv, sizes.ff, mlp, sizes.experts, sizes.shared, mass)


def _layer(structure: Mapping[str, Any]) -> Raw:
    """Return the shapes of a layer with latent attention; of a mixture of experts, of one with experts."""
    shapes: Shapes = Counter(dict(matrices_of(structure).items()))
    for size, count in vectors_of(structure).items():
        shapes[size,] += count
    return raw_layer(shapes)


def _scheme(name: str, entry: Mapping[str, Any]) -> Scheme:
    inside = {pattern_of(pattern): tuple(shape) for pattern, shape in entry["per_layer"]}
    outside = {pattern_of(pattern): tuple(shape) for pattern, shape in entry["global"]}
    return Scheme(name, inside, outside, any(re.search(r"qkv|c_attn|W_pack|query_key_value", each) for each in inside))
