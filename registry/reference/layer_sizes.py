"""
What follows from a published configuration: the widths of a layer's parts, the size of its vectors, the number of parameters.

`structure` is the structure of a model of the table (see `family_files.Structure`). A hybrid of attention and state spaces or
linear attention has no such layer; neither has a structure whose `layer` is not known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LATENT, HYBRID = "latent", "hybrid"
Structure = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LayerSizes:
    """The widths of a layer: of the model, its queries and keys (0 with latent attention), one feed-forward part or expert, all shared experts."""

    width: int
    q: int
    kv: int
    ff: int
    experts: int
    shared: int
    is_gated: bool


def has_layer(structure: Structure) -> bool:
    """Whether the parts of every layer are known."""
    layer = structure.get("layer")
    known = layer is not None and layer.get("attention") != HYBRID
    return bool(known and structure.get("num_attention_heads") and _ff(structure))


def head_size(structure: Structure) -> int:
    return int(structure.get("head_dim") or structure["hidden_size"] // structure["num_attention_heads"])


def layer_sizes(structure: Structure) -> LayerSizes:
    """Return the widths of the usual layer; of a mixture of experts, one with experts. Raises KeyError without a layer."""
    heads, head = structure["num_attention_heads"], head_size(structure)
    experts = structure.get("moe") or {}
    is_latent = structure["layer"].get("attention") == LATENT
    return LayerSizes(
        width=structure["hidden_size"],
        q=0 if is_latent else heads * head,
        kv=0 if is_latent else (structure.get("num_key_value_heads") or heads) * head,
        ff=_ff(structure),
        experts=experts.get("experts", 0),
        shared=experts.get("shared", 0),
        is_gated=structure["layer"].get("mlp", "gated") == "gated",
    )


def _ff(structure: Structure) -> int:
    """Return the inner width of a feed-forward part, or of one expert."""
    layer, experts = structure.get("layer") or {}, structure.get("moe") or {}
    return int(experts.get("ff") or layer.get("ff") or structure.get("intermediate_size") or 0)


def vectors_of(structure: Structure) -> Counter[int]:
    """Return how often each size occurs among the vectors of a layer: norms, biases."""
    layer, sizes = structure["layer"], layer_sizes(structure)
    found: Counter[int] = Counter()
    found[sizes.width] += layer.get("norms", 2) * (2 if layer.get("norm_bias") else 1)
    if layer.get("attention") == LATENT:
        low = structure["mla"]
        found.update([low["kv"], *([low["q"]] if low.get("q") else [])])
    if layer.get("qk_norm") == "head":
        found[head_size(structure)] += 2
    elif layer.get("qk_norm") == "full":
        found.update([sizes.q, sizes.kv])
    found.update(_bias(name, sizes) for name in layer.get("bias", ()))
    if layer.get("router_bias"):
        found[sizes.experts] += 1
    return +found


def _bias(name: str, sizes: LayerSizes) -> int:
    return {"q": sizes.q, "k": sizes.kv, "v": sizes.kv, "gate": sizes.ff, "up": sizes.ff}.get(name, sizes.width)


def matrices_of(structure: Structure) -> Counter[tuple[int, int]]:
    """Return how often each shape occurs among the matrices of the usual layer."""
    sizes = layer_sizes(structure)
    shapes: Counter[tuple[int, int]] = Counter(_latent(structure) if _is_latent(structure) else _full(sizes))
    parts = 2 if sizes.is_gated else 1
    for inner, times in ((sizes.ff, max(1, sizes.experts)), (sizes.shared, 1 if sizes.shared else 0)):
        shapes[inner, sizes.width] += parts * times
        shapes[sizes.width, inner] += times
    if sizes.experts:
        shapes[sizes.experts, sizes.width] += 1
    return +shapes


def _is_latent(structure: Structure) -> bool:
    return bool(structure["layer"].get("attention") == LATENT)


def _full(sizes: LayerSizes) -> list[tuple[int, int]]:
    return [(sizes.q, sizes.width), (sizes.kv, sizes.width), (sizes.kv, sizes.width), (sizes.width, sizes.q)]


def _latent(structure: Structure) -> list[tuple[int, int]]:
    """Return the matrices of multi-head latent attention, as in DeepSeek-V2 (arXiv:2405.04434, §2.1)."""
    width, heads, low = structure["hidden_size"], structure["num_attention_heads"], structure["mla"]
    queries = heads * (low["nope"] + low["rope"])
    compressed = [(low["q"], width), (queries, low["q"])] if low.get("q") else [(queries, width)]
    return [
        *compressed,
        (low["kv"] + low["rope"], width),
        (heads * (low["nope"] + low["v"]), low["kv"]),
        (width, heads * low["v"]),
    ]


def parameters_of(structure: Structure) -> int | None:
    """Return the number of parameters of the language model, or None if it does not follow from the structure."""
    if not has_layer(structure) or not structure.get("vocab_size"):
        return None
    width, depth = structure["hidden_size"], structure["num_hidden_layers"]
    dense = min((structure.get("moe") or {}).get("dense", 0), depth)
    layer = _size(matrices_of(structure)) + sum(size * count for size, count in vectors_of(structure).items())
    embeddings = structure["vocab_size"] * width * (1 if structure.get("tie_word_embeddings") else 2)
    return int(depth * layer + dense * _denser(structure) + embeddings + width)


def _size(shapes: Counter[tuple[int, int]]) -> int:
    return sum(rows * columns * count for (rows, columns), count in shapes.items())


def _denser(structure: Structure) -> int:
    """Return how many parameters more (or fewer) a layer without experts has than one with them."""
    sizes, times = layer_sizes(structure), 3 if layer_sizes(structure).is_gated else 2
    experts = (times * sizes.ff + 1) * sizes.experts + times * sizes.shared
    return (times * int(structure.get("intermediate_size") or 0) - experts) * sizes.width
