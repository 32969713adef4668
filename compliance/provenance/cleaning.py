"""
Extract the weights of a model from the tensors of a file: skip tensors that are not weights, restore the shapes of packed ones.

Rotary tables and causal masks are computed, not trained. Unmerged LoRA pairs and side tables of quantization are reported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.provenance.tensors import Header, Tensor

_COMPUTED = re.compile(
    r"(^|\.)(rotary_emb|rotary_pos_emb|rope_freqs|masked_bias|causal_mask|attn_mask|position_ids|alibi(_slopes)?)(\.|$)"
    r"|inv_freq$|rotary.*(cos|sin)(_cached)?$"
)
_LORA = re.compile(
    r"(^|[._])(ia3_l|hada_w\d|lokr_w\d|adapter_(down|up)|adapters?)([._]|$)|"
    r"(^|[._])lora_(A|B|a|b|embedding_A|embedding_B|magnitude_vector|up|down)([._]|$)|\.modules_to_save\."
)
_SIDE_TABLE = re.compile(
    r"\.(scales|qzeros|g_idx|zeros|perm|weight_scale(_inv|_2)?|weight_zero_point|weight_shape|weight_g_idx|input_scale"
    r"|activation_scale|absmax|quant_map|nested_absmax|nested_quant_map|quant_state(\..*)?|SCB|weight_format|k_scale|v_scale"
    r"|quant_state\.bitsandbytes__\w+)$"
)
# Packed formats whose shapes are not in the header: EXL2, EXL3, AQLM.
_UNREADABLE = re.compile(
    r"\.(q_weight|q_scale|q_scale_max|q_groups|q_group_map|q_invperm|q_perm|trellis|suh|svh|codes|codebooks)$"
)
# Names that end so are none of those above.
_USUAL = (".weight", ".bias")
_PACKED = re.compile(r"\.(qweight|weight_packed)$")
_QUANTIZED_TYPES = frozenset({"F8_E4M3", "F8_E5M2", "I8", "U8", "F4", "F6_E2M3", "F6_E3M2"})
_BITS_OF_A_WORD = 32


@dataclass(slots=True)
class Weights:
    """The weights of a model; `adapters` counts unmerged LoRA tensors, `unreadable` packed tensors of unknown shape."""

    tensors: list[Tensor] = field(default_factory=list)
    adapters: int = 0
    is_quantized: bool = False
    unreadable: int = 0


def weights_of(header: Header, config: Mapping[str, Any]) -> Weights:
    """Return the weights that a header holds; `config` is config.json, or empty if it was not filed."""
    found = Weights(is_quantized=isinstance(config.get("quantization_config"), Mapping))
    shapes = {tensor.name: tensor.shape for tensor in header.tensors}
    bits = _bits(config)
    for tensor in header.tensors:
        _classify(tensor, found, shapes, bits)
    return found


def _classify(tensor: Tensor, found: Weights, shapes: Mapping[str, tuple[int, ...]], bits: int) -> None:
    name = tensor.name
    if _COMPUTED.search(name) or _is_mask(tensor):
        return
    if _LORA.search(name):
        found.adapters += 1
    elif not name.endswith(_USUAL) and _is_quantization(tensor, found, shapes, bits):
        found.is_quantized = True
    elif (packing := _columns_in_one(tensor, shapes, bits)) > 1:
        found.is_quantized = True
        rows, columns = tensor.shape
        found.tensors.append(Tensor(plain_name(name), (rows, columns * packing), tensor.dtype))
    elif name.endswith(".biases") and f"{name.removesuffix('.biases')}.scales" in shapes:
        found.is_quantized = True
    elif _is_packed_by_bytes(tensor, shapes):
        found.is_quantized = True
        found.unreadable += 1
    else:
        found.is_quantized |= tensor.is_quantized or tensor.dtype in _QUANTIZED_TYPES
        found.tensors.append(Tensor(plain_name(name), tensor.shape, tensor.dtype))


def _is_quantization(tensor: Tensor, found: Weights, shapes: Mapping[str, tuple[int, ...]], bits: int) -> bool:
    """Whether the name of a tensor is one of a quantized model; a packed weight is added with its shape, or counted."""
    if _SIDE_TABLE.search(tensor.name):
        return True
    if _UNREADABLE.search(tensor.name):
        found.unreadable += 1
        return True
    if _PACKED.search(tensor.name):
        _unpack(tensor, found, shapes, bits)
        return True
    return False


def plain_name(name: str) -> str:
    """Return a tensor name without the prefixes that training frameworks add."""
    for wrapper in ("base_model.model.", "module.", "_orig_mod.", "_fsdp_wrapped_module."):
        name = name.removeprefix(wrapper)
    return name.replace(".base_layer.", ".")


def _is_mask(tensor: Tensor) -> bool:
    """Whether a tensor is a causal mask, as in GPT-2 and GPT-NeoX: square, with leading axes of size one."""
    return len(tensor.shape) == 4 and tensor.shape[:2] == (1, 1) and tensor.shape[2] == tensor.shape[3]


def _is_packed_by_bytes(tensor: Tensor, shapes: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether bitsandbytes packed the tensor into one column of bytes; the original shape is not in the header."""
    return tensor.dtype == "U8" and f"{tensor.name}.absmax" in shapes


def _columns_in_one(tensor: Tensor, shapes: Mapping[str, tuple[int, ...]], bits: int) -> int:
    """Return how many columns are packed into one: MLX packs 32-bit words (with scales), NVFP4 two per byte; otherwise 1."""
    if len(tensor.shape) != 2 or not tensor.name.endswith(".weight"):
        return 1
    stem = tensor.name.removesuffix(".weight")
    if tensor.dtype == "U32" and f"{stem}.scales" in shapes:
        return _BITS_OF_A_WORD // bits
    return 2 if tensor.dtype == "U8" and f"{stem}.weight_scale_2" in shapes else 1


def _unpack(tensor: Tensor, found: Weights, shapes: Mapping[str, tuple[int, ...]], bits: int) -> None:
    """Restore the shape: GPTQ packs rows of [in, out], AWQ and compressed-tensors columns; the scales show which."""
    if len(tensor.shape) != 2:
        found.unreadable += 1
        return
    stem, kind = tensor.name.rsplit(".", 1)
    rows, columns = tensor.shape
    packing = _BITS_OF_A_WORD // bits
    if kind == "weight_packed":
        shape = (rows, columns * packing)
    elif shapes.get(f"{stem}.scales", (0, columns))[-1] == columns:
        grouped = shapes.get(f"{stem}.g_idx")
        shape = (columns, grouped[0] if grouped else rows * packing)
    else:
        shape = (columns * packing, rows)
    found.tensors.append(Tensor(plain_name(f"{stem}.weight"), shape, tensor.dtype))


def _bits(config: Mapping[str, Any]) -> int:
    """Return the bits per packed weight from the configuration of GPTQ, AWQ, MLX or compressed-tensors; default 4."""
    quantization = config.get("quantization_config", config.get("quantization"))
    if not isinstance(quantization, Mapping):
        return 4
    groups = quantization.get("config_groups")
    group = next(iter(groups.values()), None) if isinstance(groups, Mapping) else None
    weights = group.get("weights") if isinstance(group, Mapping) else None
    bits = quantization.get(
        "bits", quantization.get("w_bit", weights.get("num_bits") if isinstance(weights, Mapping) else None)
    )
    return bits if bits in (2, 4, 8) else 4
