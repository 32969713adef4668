"""
From the tensors of a file to the weights of a model: what is no weight is left out, what is packed gets its own shape again.

Rotary tables and causal masks are computed, not trained; unmerged LoRA pairs and the side tables of quantization are told.
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
# Packings whose shapes a header does not show: EXL2, EXL3, AQLM.
_UNREADABLE = re.compile(
    r"\.(q_weight|q_scale|q_scale_max|q_groups|q_group_map|q_invperm|q_perm|trellis|suh|svh|codes|codebooks)$"
)
_PACKED = re.compile(r"\.(qweight|weight_packed)$")
_QUANTIZED_TYPES = frozenset({"F8_E4M3", "F8_E5M2", "I8", "U8", "F4", "F6_E2M3", "F6_E3M2"})
_BITS_OF_A_WORD = 32


@dataclass(slots=True)
class Weights:
    """The weights of a model; `adapters` counts unmerged LoRA tensors, `unreadable` packed ones whose shape is not told."""

    tensors: list[Tensor] = field(default_factory=list)
    adapters: int = 0
    is_quantized: bool = False
    unreadable: int = 0


def weights_of(header: Header, config: Mapping[str, Any]) -> Weights:
    """Return the weights that a header holds; `config` is config.json as far as it was filed."""
    found = Weights(is_quantized=isinstance(config.get("quantization_config"), Mapping))
    shapes = {tensor.name: tensor.shape for tensor in header.tensors}
    bits = _bits(config)
    for tensor in header.tensors:
        _sort(tensor, found, shapes, bits)
    return found


def _sort(tensor: Tensor, found: Weights, shapes: Mapping[str, tuple[int, ...]], bits: int) -> None:
    name = tensor.name
    if _COMPUTED.search(name) or _is_mask(tensor):
        return
    if _LORA.search(name):
        found.adapters += 1
    elif _SIDE_TABLE.search(name):
        found.is_quantized = True
    elif _UNREADABLE.search(name):
        found.is_quantized = True
        found.unreadable += 1
    elif _PACKED.search(name):
        found.is_quantized = True
        _unpack(tensor, found, shapes, bits)
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


def plain_name(name: str) -> str:
    """A name without what training frameworks wrap around it."""
    for wrapper in ("base_model.model.", "module.", "_orig_mod.", "_fsdp_wrapped_module."):
        name = name.removeprefix(wrapper)
    return name.replace(".base_layer.", ".")


def _is_mask(tensor: Tensor) -> bool:
    """GPT-2 and GPT-NeoX keep a triangle of ones beside each attention: square, with leading axes of one."""
    return len(tensor.shape) == 4 and tensor.shape[:2] == (1, 1) and tensor.shape[2] == tensor.shape[3]


def _is_packed_by_bytes(tensor: Tensor, shapes: Mapping[str, tuple[int, ...]]) -> bool:
    """Weights of bitsandbytes lie in one column of bytes; their shape is in a table that a header does not show."""
    return tensor.dtype == "U8" and f"{tensor.name}.absmax" in shapes


def _columns_in_one(tensor: Tensor, shapes: Mapping[str, tuple[int, ...]], bits: int) -> int:
    """MLX packs columns into words of 32 bits, with scales beside the weight; NVFP4 two into a byte. Else 1."""
    if len(tensor.shape) != 2 or not tensor.name.endswith(".weight"):
        return 1
    stem = tensor.name.removesuffix(".weight")
    if tensor.dtype == "U32" and f"{stem}.scales" in shapes:
        return _BITS_OF_A_WORD // bits
    return 2 if tensor.dtype == "U8" and f"{stem}.weight_scale_2" in shapes else 1


def _unpack(tensor: Tensor, found: Weights, shapes: Mapping[str, tuple[int, ...]], bits: int) -> None:
    """GPTQ packs the rows of [in, out], AWQ and compressed-tensors the columns; the scales tell which."""
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
    """How many bits a packed weight has, as the configurations of GPTQ, AWQ, MLX and compressed-tensors say it; 4 else."""
    told = config.get("quantization_config", config.get("quantization"))
    if not isinstance(told, Mapping):
        return 4
    groups = told.get("config_groups")
    group = next(iter(groups.values()), None) if isinstance(groups, Mapping) else None
    weights = group.get("weights") if isinstance(group, Mapping) else None
    bits = told.get("bits", told.get("w_bit", weights.get("num_bits") if isinstance(weights, Mapping) else None))
    return bits if bits in (2, 4, 8) else 4
