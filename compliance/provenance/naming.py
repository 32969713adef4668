"""
Which tensors carry other names than in the known model: found name → name in the reference's scheme.

Names prove nothing about weights. Where several tensors of a layer have the same shape and no usual name tells them apart, they
are told as sets, not as a mapping.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from compliance.provenance.comparing import Comparison
from compliance.provenance.references import RENAMED_SCHEMES, Scheme, is_fused_name, schemes
from compliance.provenance.structure import Block, Structure

SHOWN = 4
# Names of one part in the schemes of known models and of GGUF, beside those of Llama.
_ALIASES = {
    "self_attn.q_proj": "wq attn_q query q",
    "self_attn.k_proj": "wk attn_k key k",
    "self_attn.v_proj": "wv attn_v value v",
    "self_attn.o_proj": "wo attn_output out_proj o",
    "mlp.gate_proj": "ffn_gate gate gate_proj",
    "mlp.up_proj": "ffn_up up up_proj",
    "mlp.down_proj": "ffn_down down down_proj",
    "input_layernorm": "ln1 ln_1 norm1 norm_1 attention_norm attn_norm",
    "post_attention_layernorm": "ln2 ln_2 norm2 norm_2 ffn_norm",
    "embed_tokens": "tok_embeddings wte word_embeddings token_embd",
    "lm_head": "output output_layer embed_out",
}
_PART = {alias: part for part, aliases in _ALIASES.items() for alias in [*aliases.split(), part.rsplit(".", 1)[-1]]}
_GGUF = re.compile(
    r"(blk\.\{\}\.(attn|ffn|ssm|layer|post|exp|cross|enc|dec|time|channel|pre|inp|attn_norm)[a-z0-9_]*"
    r"|token_embd|token_embd_norm|token_types|position_embd|output|output_norm|rope_freqs|rope_factors_(long|short))"
    r"(\.\{\})?(\.(weight|bias|scale))?"
)


@dataclass(frozen=True, slots=True)
class Renaming:
    """Names found and the names of the reference that they stand for; several on both sides are sets without an order."""

    found: tuple[str, ...]
    reference: tuple[str, ...]

    def __str__(self) -> str:
        return self.told(SHOWN)

    def told(self, most: int | None = None) -> str:
        """Return found → reference, with at most so many names of a set."""
        return f"{_listed(self.found, most)} → {_listed(self.reference, most)}"


def _listed(names: Sequence[str], most: int | None) -> str:
    if len(names) == 1:
        return names[0]
    more = f", … ({len(names)})" if most and len(names) > most else ""
    return "{" + ", ".join(names[:most]) + more + "}"


def renamings(structure: Structure, comparison: Comparison, *, is_gguf: bool = False) -> list[Renaming]:
    """Return what is named otherwise than in all of the known models that are closest; none where one fits as it is."""
    found = structure.layers.inside_names | structure.layers.outside_names
    if is_gguf and all(_GGUF.fullmatch(name) for name in found):
        return []
    told = [_against(_scheme_of(reference.scheme), structure) for reference in comparison.closest]
    return min(told, key=len, default=[])


def is_fused_otherwise(structure: Structure, comparison: Comparison) -> bool:
    """Whether queries, keys and values are one matrix here, and apart in all of the closest known models."""
    return structure.is_fused and not any(reference.scheme.is_fused for reference in comparison.closest)


def _scheme_of(scheme: Scheme) -> Scheme:
    return schemes()[RENAMED_SCHEMES.get(scheme.name, scheme.name)]


def _against(scheme: Scheme, structure: Structure) -> list[Renaming]:
    block = structure.block
    told = list(_pairs(structure.layers.inside_names, _shapes(scheme.inside, block)))
    if structure.layers.is_indexed:
        told += _pairs(structure.layers.outside_names, scheme.outside, by_rank=True)
    return told


def _pairs(
    found: Mapping[str, tuple[int, ...]], scheme: Mapping[str, tuple[int, ...]], *, by_rank: bool = False
) -> Iterator[Renaming]:
    """Pair what the scheme does not know with what it misses, shape by shape; outside of layers by the number of axes."""
    strange: dict[tuple[int, ...], list[str]] = defaultdict(list)
    missing: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for name, shape in found.items():
        if not any(_is_same(name, known) for known in scheme) and not is_fused_name(name) and not _is_of_a_task(name):
            strange[(len(shape),) if by_rank else shape].append(name)
    for name, shape in scheme.items():
        if not any(_is_same(name, here) for here in found):
            missing[(len(shape),) if by_rank else shape].append(name)
    for shape, names in strange.items():
        if asked := missing.get(shape):
            yield from _told_apart(sorted(names), asked)


def _is_of_a_task(name: str) -> bool:
    """A head that a task put in place of the one for words: it stands for nothing of the known model."""
    return bool(re.match(r"(?:\w+\.)?(?:score|classifier|v_head|value_head|reward_head|qa_outputs|dense_head)\.", name))


def _told_apart(found: list[str], asked: list[str]) -> Iterator[Renaming]:
    parts = {_part(name): name for name in asked}
    rest = []
    for name in found:
        if (known := parts.pop(_part(name), None)) is not None:
            yield Renaming((name,), (known,))
        else:
            rest.append(name)
    left = [name for name in asked if name in parts.values()]
    if rest and left:
        yield Renaming(tuple(rest), tuple(left))


def _part(name: str) -> str:
    """The part of a layer that a name usually means, or the name itself."""
    stem = re.sub(r"\.(weight|bias)$", "", name)
    kind = name[len(stem) :]
    leaf = stem.rsplit(".", 1)[-1]
    return _PART.get(leaf, stem) + kind


def _is_same(one: str, other: str) -> bool:
    """Frameworks put words before a name (`model.`, `transformer.`); the rest tells."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _shapes(inside: Mapping[str, tuple[int, ...]], block: Block | None) -> dict[str, tuple[int, ...]]:
    """The shapes that the scheme's tensors would have in this model. Without roles, those of the example."""
    return {name: _shape(name, shape, inside, block) if block else shape for name, shape in inside.items()}


def _shape(name: str, shape: tuple[int, ...], inside: Mapping[str, tuple[int, ...]], block: Block) -> tuple[int, ...]:
    leaf = name.rsplit(".", 2)[-2] if name.endswith((".weight", ".bias")) else name
    width = block.width
    if leaf in ("q_proj", "wq"):
        return (block.q, width)[: len(shape)]
    if leaf in ("k_proj", "v_proj", "wk", "wv"):
        return (block.kv, width)[: len(shape)]
    if len(shape) == 1:
        return (width,) if shape == _example_width(inside) else shape
    if _is_down(name, leaf, inside):
        return width, block.ff
    if leaf in ("o_proj", "wo", "out_proj") or (leaf in ("dense", "c_proj") and "att" in name):
        return width, block.q
    if leaf == "gate":
        return block.experts, width
    if leaf == "dense_h_to_4h" or "gate_up" in leaf:
        return (2 * block.ff if shape[0] == 2 * _inner(inside) else block.ff), width
    return (block.q + 2 * block.kv if is_fused_name(name) else block.ff), width


def _is_down(name: str, leaf: str, inside: Mapping[str, tuple[int, ...]]) -> bool:
    """Qwen-1 calls its second input w2, and the way out c_proj."""
    if leaf == "w2":
        return not any(other.endswith("mlp.c_proj.weight") for other in inside)
    return "down" in leaf or leaf in ("fc2", "fc_out", "dense_4h_to_h") or (leaf == "c_proj" and "mlp" in name)


def _inner(inside: Mapping[str, tuple[int, ...]]) -> int:
    """The inner width of the example's feed-forward part."""
    return next((shape[1] for name, shape in inside.items() if "4h_to_h" in name or "down_proj" in name), 0)


def _example_width(inside: Mapping[str, tuple[int, ...]]) -> tuple[int]:
    """The width of the example: the size of most of its norms; norms of single heads are as many, and smaller."""
    sizes = [shape[0] for name, shape in inside.items() if (len(shape) == 1 and "norm" in name) or "ln" in name]
    return (max(set(sizes), key=lambda size: (sizes.count(size), size), default=0),)
