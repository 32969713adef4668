"""
Find tensors that have different names than in the known model: found name → name in the reference's scheme.

Names prove nothing about weights. If several tensors of a layer have the same shape and no usual name distinguishes them, they
are reported as sets, not as a mapping.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from compliance.provenance.comparing import Comparison
from compliance.provenance.references import RENAMED_SCHEMES, Scheme, is_fused_name, schemes
from compliance.provenance.structure import Block, Structure

SHOWN = 4
# Names of each part in the schemes of known models and of GGUF, in addition to those of Llama.
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
    """Names found and the corresponding names of the reference; several names on both sides are unordered sets."""

    found: tuple[str, ...]
    reference: tuple[str, ...]

    def __str__(self) -> str:
        return self.as_text(SHOWN)

    def as_text(self, limit: int | None = None) -> str:
        """Return `found → reference` with at most `limit` names of each set."""
        return f"{_listed(self.found, limit)} → {_listed(self.reference, limit)}"


def _listed(names: Sequence[str], limit: int | None) -> str:
    if len(names) == 1:
        return names[0]
    more = f", … ({len(names)})" if limit and len(names) > limit else ""
    return "{" + ", ".join(names[:limit]) + more + "}"


def renamings(structure: Structure, comparison: Comparison, *, is_gguf: bool = False) -> list[Renaming]:
    """Return the fewest renamings against any of the closest known models; empty if the names match one of them."""
    found = structure.layers.inside_names | structure.layers.outside_names
    if is_gguf and all(_GGUF.fullmatch(name) for name in found):
        return []
    known = [_scheme_of(reference.scheme) for reference in comparison.closest if reference.scheme is not None]
    candidates = [
        _renamings_against(scheme, structure) for scheme in {scheme.name: scheme for scheme in known}.values()
    ]
    return min(candidates, key=len, default=[])


def is_fused_otherwise(structure: Structure, comparison: Comparison) -> bool:
    """Whether queries, keys and values are one matrix here, but separate in all of the closest known models."""
    known = [reference.scheme for reference in comparison.closest if reference.scheme is not None]
    return structure.is_fused and bool(known) and not any(scheme.is_fused for scheme in known)


def _scheme_of(scheme: Scheme) -> Scheme:
    return schemes()[RENAMED_SCHEMES.get(scheme.name, scheme.name)]


def _renamings_against(scheme: Scheme, structure: Structure) -> list[Renaming]:
    block = structure.block
    found = list(_pairs(structure.layers.inside_names, _shapes(scheme.inside, block)))
    if structure.layers.is_indexed:
        found += _pairs(structure.layers.outside_names, scheme.outside, by_rank=True)
    return found


def _pairs(
    found: Mapping[str, tuple[int, ...]], scheme: Mapping[str, tuple[int, ...]], *, by_rank: bool = False
) -> Iterator[Renaming]:
    """Pair unknown names with missing names of the scheme that have the same shape; outside layers, the same number of axes."""
    unknown: dict[tuple[int, ...], list[str]] = defaultdict(list)
    missing: dict[tuple[int, ...], list[str]] = defaultdict(list)
    in_scheme, here = _Names(scheme), _Names(found)
    for name, shape in found.items():
        if name not in in_scheme and not is_fused_name(name) and not _is_task_head(name):
            unknown[(len(shape),) if by_rank else shape].append(name)
    for name, shape in scheme.items():
        if name not in here:
            missing[(len(shape),) if by_rank else shape].append(name)
    for shape, names in unknown.items():
        if expected := missing.get(shape):
            yield from _matched(sorted(names), expected)


def _is_task_head(name: str) -> bool:
    """Whether a tensor belongs to a task-specific head, which has no counterpart in the known model."""
    return bool(re.match(r"(?:\w+\.)?(?:score|classifier|v_head|value_head|reward_head|qa_outputs|dense_head)\.", name))


def _matched(found: list[str], expected: list[str]) -> Iterator[Renaming]:
    parts = {_part(name): name for name in expected}
    rest = []
    for name in found:
        if (known := parts.pop(_part(name), None)) is not None:
            yield Renaming((name,), (known,))
        else:
            rest.append(name)
    left = [name for name in expected if name in parts.values()]
    if rest and left:
        yield Renaming(tuple(rest), tuple(left))


def _part(name: str) -> str:
    """Return the part of a layer that a name usually refers to, or the name itself."""
    stem = re.sub(r"\.(weight|bias)$", "", name)
    kind = name[len(stem) :]
    leaf = stem.rsplit(".", 1)[-1]
    return _PART.get(leaf, stem) + kind


class _Names:
    """Some names, in which one is found that is equal to one of them apart from a framework prefix (`model.`, `transformer.`)."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = set(names)
        self._ends = {end for name in self._names for end in _ends_of(name)}

    def __contains__(self, name: str) -> bool:
        return name in self._ends or not self._names.isdisjoint(_ends_of(name))


def _ends_of(name: str) -> Iterator[str]:
    """Yield a name, and what is left of it without its first parts."""
    parts = name.split(".")
    return (".".join(parts[first:]) for first in range(len(parts)))


def _shapes(inside: Mapping[str, tuple[int, ...]], block: Block | None) -> dict[str, tuple[int, ...]]:
    """Return the shapes that the scheme's tensors would have in this model; without known roles, those of the example."""
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
    """Whether a name is the down projection; Qwen-1 uses c_proj for it, and w2 for its second input."""
    if leaf == "w2":
        return not any(other.endswith("mlp.c_proj.weight") for other in inside)
    return "down" in leaf or leaf in ("fc2", "fc_out", "dense_4h_to_h") or (leaf == "c_proj" and "mlp" in name)


def _inner(inside: Mapping[str, tuple[int, ...]]) -> int:
    """Return the inner width of the example's feed-forward part."""
    return next((shape[1] for name, shape in inside.items() if "4h_to_h" in name or "down_proj" in name), 0)


def _example_width(inside: Mapping[str, tuple[int, ...]]) -> tuple[int]:
    """Return the width of the example: the most common norm size, the larger one on a tie (per-head norms are smaller)."""
    sizes = [shape[0] for name, shape in inside.items() if (len(shape) == 1 and "norm" in name) or "ln" in name]
    return (max(set(sizes), key=lambda size: (sizes.count(size), size), default=0),)
