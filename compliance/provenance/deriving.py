"""Derive what evidence is compared with from the structure of a known model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from compliance.provenance.layers import Shapes
from compliance.provenance.references import FEATURES, Raw, Reference, schemes
from compliance.provenance.structure import EXPERTS, GATED, PLAIN, Block, raw_layer
from registry.reference.base_models import BaseModel
from registry.reference.layer_sizes import has_layer, layer_sizes, matrices_of, vectors_of


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
        tokenizer={name: model.tokenizer[name] for name in FEATURES if name in model.tokenizer},
        configuration=_sizes(structure),
    )


def _sizes(structure: Mapping[str, Any]) -> tuple[int | None, ...]:
    """Return the `SIZES` of a configuration."""
    experts, low = structure.get("moe") or {}, structure.get("mla") or {}
    heads, width = structure.get("num_attention_heads"), structure["hidden_size"]
    head = structure.get("head_dim") or (width // heads if heads and not low else None)
    return (
        width,
        heads,
        structure.get("num_key_value_heads") or heads,
        None if low else head,
        structure.get("intermediate_size"),
        experts.get("experts"),
        experts.get("ff"),
        low.get("q"),
        low.get("kv"),
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
