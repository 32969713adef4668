"""
Build headers of the known models from their dimensions and naming scheme, and the disguises of the reference.

Independent of how the product reads the table: here the shape of a tensor follows from its name.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from registry.reference.base_models import BaseModel, base_models, naming_schemes
from registry.reference.layer_sizes import head_size, layer_sizes

Shapes = dict[str, tuple[int, ...]]
WIDTH = {"BF16": 2, "I32": 4}


# A bias that balances experts, in models whose scheme is that of models without it.
_ROUTER_BIAS = ("model.layers.{}.mlp.gate.e_score_correction_bias", (256,))
# Tensors of single models that are not in their scheme: separate attention and feed-forward norms.
_EXTRA_TENSORS = {
    "falcon-40b": [("transformer.h.{}.ln_mlp.weight", (1,)), ("transformer.h.{}.ln_mlp.bias", (1,))],
}


@cache
def models() -> dict[str, dict[str, Any]]:
    """Return every known model of the table whose tensor names are known, by its id."""
    return {model.id: _with_sizes(model) for model in base_models() if model.structure.get("scheme")}


def _with_sizes(model: BaseModel) -> dict[str, Any]:
    structure, sizes = model.structure, layer_sizes(model.structure)
    signature = {"q": sizes.q, "kv": sizes.kv, "ffn": sizes.ff}
    defaults = {"tie_word_embeddings": False, "rope_theta": None, "norm_eps": None, "max_position_embeddings": 0}
    heads = {
        "head_dim": head_size(structure) if sizes.q else None,
        "num_key_value_heads": structure["num_attention_heads"],
    }
    return {**defaults, **heads, **structure, "family": model.family, "signature": signature}


def shapes_of(id: str, *, depth: int | None = None, vocabulary: int | None = None) -> Shapes:
    """Return the tensors of a known model, by name, optionally with a different depth or vocabulary."""
    model = models()[id]
    scheme = naming_schemes()[model["scheme"]]
    sizes = _sizes(model, vocabulary)
    found: Shapes = {}
    for pattern, _ in scheme["global"]:
        if not _is_left_out(pattern, model):
            found[pattern] = _outer(pattern, sizes)
    if not model["tie_word_embeddings"] and not any(map(_is_head, found)):
        found["lm_head.weight"] = (sizes["vocabulary"], sizes["d"])
    for layer in range(depth or model["num_hidden_layers"]):
        for pattern, example in [*scheme["per_layer"], *_extra_tensors(id, model)]:
            for name in _names(pattern, layer, model, sizes):
                found[name] = _inner(name, len(example), sizes, model)
    return found


def _extra_tensors(id: str, model: Mapping[str, Any]) -> list[tuple[str, tuple[int, ...]]]:
    has_bias = model["layer"].get("router_bias") and model["scheme"] == "deepseek_v2"
    return [*_EXTRA_TENSORS.get(id, ()), *([_ROUTER_BIAS] if has_bias else [])]


def _sizes(model: Mapping[str, Any], vocabulary: int | None) -> dict[str, int]:
    signature, head = model["signature"], model["head_dim"]
    return {
        "d": model["hidden_size"],
        "q": signature["q"] or 0,
        "kv": signature["kv"] or 0,
        "ff": signature["ffn"] or 0,
        "dense": model["intermediate_size"],
        "head": head or 0,
        "vocabulary": vocabulary or model["vocab_size"],
        "positions": model["max_position_embeddings"],
        "heads": model["num_attention_heads"],
        **({"low_q": 0} if "mla" in model else {}),
        **{f"low_{name}": value for name, value in model.get("mla", {}).items()},
        **_experts(model),
    }


def _experts(model: Mapping[str, Any]) -> dict[str, int]:
    return (
        {f"moe_{name}": value for name, value in {"shared": 0, "dense": 0, **model["moe"]}.items()}
        if "moe" in model
        else {}
    )


def _is_left_out(pattern: str, model: Mapping[str, Any]) -> bool:
    return _is_head(pattern) and model["tie_word_embeddings"]


def _is_head(name: str) -> bool:
    return name.startswith(("lm_head", "embed_out", "output.", "transformer.output_layer"))


def _outer(name: str, sizes: Mapping[str, int]) -> tuple[int, ...]:
    if "inv_freq" in name:
        return (32,)
    if re.search(r"wpe|embed_positions", name):
        return sizes["positions"] + (2 if "embed_positions" in name else 0), sizes["d"]
    if re.search(r"norm|ln_f", name):
        return (sizes["d"],)
    if name.endswith(".bias"):
        return (sizes["vocabulary"],)
    return sizes["vocabulary"], sizes["d"]


def _names(pattern: str, layer: int, model: Mapping[str, Any], sizes: Mapping[str, int]) -> Iterator[str]:
    name = pattern.replace("{}", str(layer), 1)
    experts, is_dense = sizes.get("moe_experts", 0), layer < sizes.get("moe_dense", 0)
    if "experts.{}" in name:
        yield from (name.replace("{}", str(i), 1) for i in range(0 if is_dense else experts))
    elif "{}" in name:
        norms = 1 if model["scheme"] == "gptj" else 2
        yield from (name.replace("{}", str(i + 1), 1) for i in range(norms))
    elif not experts or _belongs(
        name, is_dense=is_dense, is_deepseek=model["scheme"] in ("deepseek_moe", "deepseek_v2", "glm4_moe")
    ):
        yield from (each for each in _attention_names(name, model, sizes) if _has_norms_of_heads(each, model))


def _belongs(name: str, *, is_dense: bool, is_deepseek: bool) -> bool:
    """Whether a layer of a model with experts has the part; DeepSeek's first layers have no experts."""
    if not is_deepseek:
        return True
    if re.search(r"mlp\.(gate_proj|up_proj|down_proj)", name):
        return is_dense
    return not (is_dense and re.search(r"shared_experts|mlp\.gate\.", name))


def _has_norms_of_heads(name: str, model: Mapping[str, Any]) -> bool:
    return not re.search(r"\.[qk]_norm", name) or model["layer"].get("qk_norm", "none") != "none"


def _attention_names(name: str, model: Mapping[str, Any], sizes: Mapping[str, int]) -> Iterator[str]:
    """Yield two matrices and a norm for a low-rank query, otherwise the name itself."""
    if sizes.get("low_q") and ".q_proj." in name:
        yield from (name.replace("q_proj", part) for part in ("q_a_proj", "q_a_layernorm", "q_b_proj"))
    else:
        yield name


def _inner(name: str, axes: int, sizes: Mapping[str, int], model: Mapping[str, Any]) -> tuple[int, ...]:
    whole = _matrix(name, sizes, model["scheme"])
    if "norm" in name or re.search(r"\bln(_|\d\.)", name):
        return (_norm(name, sizes, model["scheme"]),)
    if axes == 1:
        return whole[:1]
    return whole[::-1] if model["scheme"] == "gpt2" else whole


def _norm(name: str, sizes: Mapping[str, int], scheme: str) -> int:
    if "q_a_" in name:
        return sizes["low_q"]
    if "kv_a_" in name:
        return sizes["low_kv"]
    if re.search(r"\.[qk]_norm", name):
        return sizes["head"] if scheme not in ("olmo2", "minimax_m2") else sizes["q" if "q_norm" in name else "kv"]
    return sizes["d"]


def _matrix(name: str, sizes: Mapping[str, int], scheme: str) -> tuple[int, int]:
    d, q, kv, ff = (sizes[each] for each in ("d", "q", "kv", "ff"))
    if "low_kv" in sizes:
        low = _low_rank(name, sizes)
        if low:
            return low
    if "experts." in name and "shared" not in name:
        return (d, sizes["moe_ff"]) if re.search(r"down_proj|\.w2\.", name) else (sizes["moe_ff"], d)
    if "shared_expert_gate" in name:
        return 1, d
    if "shared_expert" in name:
        shared = sizes["moe_shared"]
        return (d, shared) if "down" in name else (shared, d)
    if re.search(r"\.gate\.weight|e_score", name):
        return sizes["moe_experts"], d
    if "moe_experts" in sizes and re.search(r"mlp\.(gate|up|down)", name):
        return (d, sizes["dense"]) if "down" in name else (sizes["dense"], d)
    for pattern, shape in (
        (r"c_attn|W_pack|wqkv|Wqkv|query_key_value|qkv_proj", (q + 2 * kv, d)),
        (r"q_proj", (q, d)),
        (r"[kv]_proj", (kv, d)),
        (r"o_proj|out_proj|\.wo\.|attn\.c_proj|attention\.dense|self_attn\.dense", (d, q)),
        (r"gate_up_proj", (2 * ff, d)),
        (r"dense_4h_to_h|down_proj|fc2|fc_out|mlp\.c_proj|feed_forward\.w2", (d, ff)),
    ):
        if re.search(pattern, name):
            return shape
    return (2 * ff if scheme == "chatglm" and "dense_h_to_4h" in name else ff), d


def _low_rank(name: str, sizes: Mapping[str, int]) -> tuple[int, int] | None:
    heads = sizes["heads"]
    queries = heads * (sizes["low_nope"] + sizes["low_rope"])
    shapes = {
        "q_a_proj": (sizes["low_q"], sizes["d"]),
        "q_b_proj": (queries, sizes["low_q"]),
        ".q_proj": (queries, sizes["d"]),
        "kv_a_proj": (sizes["low_kv"] + sizes["low_rope"], sizes["d"]),
        "kv_b_proj": (heads * (sizes["low_nope"] + sizes["low_v"]), sizes["low_kv"]),
        "o_proj": (sizes["d"], heads * sizes["low_v"]),
    }
    return next((shape for part, shape in shapes.items() if part in name), None)


def as_safetensors(shapes: Shapes, dtypes: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return a header with these tensors, stored one after the other."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape in shapes.items():
        dtype = (dtypes or {}).get(name, "BF16")
        size = WIDTH[dtype]
        for side in shape:
            size *= side
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [end, end + size]}
        end += size
    return header


def as_gguf(shapes: Shapes, **kv: Any) -> dict[str, Any]:
    tensors = [{"name": name, "dimensions": list(shape)[::-1], "type": 1} for name, shape in shapes.items()]
    return {"kv": {"general.architecture": "llama", **kv}, "tensors": tensors}


# --- disguises ----------------------------------------------------------------------------------------------


def renamed(shapes: Shapes, **names: str) -> Shapes:
    """Replace parts of each name: `renamed(shapes, input_layernorm="ln1")`."""
    found = {}
    for name, shape in shapes.items():
        for old, new in names.items():
            name = name.replace(old, new)
        found[name] = shape
    return found


def all_renamed(shapes: Shapes) -> Shapes:
    """Replace every word of each name; numbers are kept."""
    return {re.sub(r"[A-Za-z_]+", lambda word: "n" + _digest(word[0])[:6].translate(_LETTERS), name): shape
            for name, shape in shapes.items()}  # fmt: skip


_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def without_index(shapes: Shapes) -> Shapes:
    """Use meaningless names in random order."""
    found = [(f"t_{_digest(name)[:12]}", shape) for name, shape in shapes.items()]
    random.Random(7).shuffle(found)
    return dict(found)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def with_lora(shapes: Shapes, rank: int = 16) -> Shapes:
    """Add an unmerged adapter to the queries and values."""
    found: Shapes = {}
    for name, shape in shapes.items():
        stem = name.removesuffix(".weight")
        if re.search(r"\.[qv]_proj\.weight$", name):
            found[f"base_model.model.{stem}.base_layer.weight"] = shape
            found[f"base_model.model.{stem}.lora_A.default.weight"] = (rank, shape[1])
            found[f"base_model.model.{stem}.lora_B.default.weight"] = (shape[0], rank)
        else:
            found[f"base_model.model.{name}"] = shape
    return found


def as_gptq(shapes: Shapes, group: int = 128) -> tuple[Shapes, dict[str, str]]:
    """Pack the linear layers at four bits into 32-bit words, with their side tables."""
    found: Shapes = {}
    dtypes: dict[str, str] = {}
    for name, shape in shapes.items():
        if re.search(r"_proj\.weight$", name):
            stem, (out, into) = name.removesuffix(".weight"), shape
            found[f"{stem}.qweight"] = (into // 8, out)
            found[f"{stem}.qzeros"] = (max(1, into // group), out // 8)
            found[f"{stem}.scales"] = (max(1, into // group), out)
            found[f"{stem}.g_idx"] = (into,)
            dtypes |= {f"{stem}.{part}": "I32" for part in ("qweight", "qzeros", "g_idx")}
        else:
            found[name] = shape
    return found, dtypes


def fused(shapes: Shapes) -> Shapes:
    """Fuse queries, keys and values into one matrix, gate and up into another."""
    found: Shapes = {}
    for name, shape in shapes.items():
        is_gated = name.replace("up_proj", "gate_proj") in shapes and "up_proj" in name
        if re.search(r"\.(k_proj|v_proj)\.", name) or is_gated:
            continue
        if ".q_proj." in name and name.replace("q_proj", "k_proj") in shapes:
            keys = shapes[name.replace("q_proj", "k_proj")]
            found[name.replace("q_proj", "qkv_proj")] = (shape[0] + 2 * keys[0], *shape[1:])
        elif ".gate_proj." in name:
            found[name.replace("gate_proj", "gate_up_proj")] = (2 * shape[0], *shape[1:])
        else:
            found[name] = shape
    return found


def split(shapes: Shapes, id: str) -> Shapes:
    """Split a fused matrix of queries, keys and values."""
    signature = models()[id]["signature"]
    found: Shapes = {}
    for name, shape in shapes.items():
        part = next((part for part in ("W_pack", "wqkv", "Wqkv", "qkv_proj", "c_attn") if f".{part}." in name), None)
        for to in ("q", "k", "v") if part else ():
            rows = signature["q" if to == "q" else "kv"]
            is_turned = part == "c_attn" and shape[:1] == (models()[id]["hidden_size"],) and len(shape) == 2
            found[name.replace(part, f"{to}_proj")] = (shape[0], rows) if is_turned else (rows, *shape[1:])
        if not part:
            found[name] = shape
    return found


def config_of(id: str, **changes: Any) -> dict[str, Any]:
    """Return config.json of a known model with some values changed."""
    model = models()[id]
    config = {
        name: model[name]
        for name in (
            "architectures", "model_type", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
            "num_key_value_heads", "vocab_size", "rope_theta",
        )
    }  # fmt: skip
    return {**config, "rms_norm_eps": model["norm_eps"], **changes}
