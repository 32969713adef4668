"""
Evidence for the demonstration: a fictitious model that declares one base model and has the structure of another.

The header is built from published dimensions; there are no weights.
"""

from __future__ import annotations

from math import prod
from typing import Any

from registry.reference.base_models import base_model

DECLARED_ON, SHOWN = "Qwen2.5-7B", "llama-2-13b"
# The tensors of a layer in Llama's naming, with their dimensions: d is the width, f the inner width.
_LAYER = {
    "self_attn.q_proj": "dd",
    "self_attn.k_proj": "dd",
    "self_attn.v_proj": "dd",
    "self_attn.o_proj": "dd",
    "mlp.gate_proj": "fd",
    "mlp.up_proj": "fd",
    "mlp.down_proj": "df",
    "ln1": "d",
    "ln2": "d",
}
_BYTES = 2


def evidence() -> dict[str, Any]:
    """Return the configuration and the header of a model with Llama 2's structure under different names."""
    base = base_model(SHOWN).structure
    shapes = {"model.embed_tokens.weight": (base["vocab_size"], base["hidden_size"])}
    sides = {"d": base["hidden_size"], "f": base["intermediate_size"]}
    for layer in range(base["num_hidden_layers"]):
        for name, letters in _LAYER.items():
            shapes[f"model.layers.{layer}.{name}.weight"] = tuple(sides[letter] for letter in letters)
    shapes["model.norm.weight"] = (base["hidden_size"],)
    shapes["lm_head.weight"] = (base["vocab_size"], base["hidden_size"])
    config = {
        "architectures": ["DemoMorningStarForCausalLM"],
        "model_type": "demo_morning_star",
        "hidden_size": base["hidden_size"],
        "num_hidden_layers": base["num_hidden_layers"],
        "num_attention_heads": base["num_attention_heads"],
        "vocab_size": base["vocab_size"],
    }
    return {"config.json": config, "safetensors_header": _header(shapes)}


def _header(shapes: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape in shapes.items():
        size = _BYTES * prod(shape)
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [end, end + size]}
        end += size
    return header
