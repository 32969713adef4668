"""
Read the tensors of a model from safetensors and GGUF headers, without any weights.

An invalid header is refused as a whole (`Unusable`). A header that contradicts itself is read, and its contradictions are
recorded (`Header.contradictions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from types import MappingProxyType
from typing import Any

from compliance.provenance.faults import Unusable

# Limits of the reference (provenance.md §2.1).
MOST_TENSORS = 200_000
LONGEST_NAME = 1_000
MOST_AXES = 8
LONGEST_AXIS = 2**34
MOST_ELEMENTS = 2**46
MOST_CONTRADICTIONS = 20

# Widths in bits of the data types of the safetensors format.
WIDTHS: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(("F64", "I64", "U64", "C64"), 64),
        **dict.fromkeys(("F32", "I32", "U32"), 32),
        **dict.fromkeys(("F16", "BF16", "I16", "U16"), 16),
        **dict.fromkeys(("I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2", "F8_E8M0"), 8),
        **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
        "F4": 4,
    }
)
# GGUF tensor types that are not quantized, by number and by name.
_GGUF_PLAIN = frozenset({0, 1, 28, 30, "F32", "F16", "F64", "BF16"})


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor: its name, its shape (row-major, as in PyTorch) and its data type as written in the file."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    is_quantized: bool = False


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A contradiction in a file: `code`, and the values that contradict each other."""

    code: str
    values: dict[str, Any]


@dataclass(slots=True)
class Header:
    """The tensors of a model and their contradictions; `size` is their total size in bytes."""

    tensors: list[Tensor] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    size: int = 0
    is_gguf: bool = False

    def joined(self, other: Header) -> Header:
        """Return the combined header of both files. Raises Unusable: `too_many_tensors`, `tensor_twice`."""
        joined = Header(
            [*self.tensors, *other.tensors],
            [*self.contradictions, *other.contradictions][:MOST_CONTRADICTIONS],
            self.size + other.size,
            self.is_gguf or other.is_gguf,
        )
        if len(joined.tensors) > MOST_TENSORS:
            raise Unusable("too_many_tensors", found=len(joined.tensors), limit=MOST_TENSORS)
        names = {tensor.name for tensor in self.tensors}
        for tensor in other.tensors:
            if tensor.name in names:
                raise Unusable("tensor_twice", tensor.name)
        return joined


def read_safetensors(header: Any) -> Header:
    """
    Read a safetensors header: `{name: {dtype, shape, data_offsets}}` and `__metadata__`.

    Raises Unusable: `not_an_object`, `too_many_tensors`, `bad_name`, `bad_dtype`, `bad_shape`, `bad_offsets`.
    """
    if not isinstance(header, Mapping):
        raise Unusable("not_an_object")
    entries = [(name, entry) for name, entry in header.items() if name != "__metadata__"]
    _refuse_many(len(entries))
    found, spans = Header(), []
    for name, entry in entries:
        tensor, span = _safetensor(name, entry)
        found.tensors.append(tensor)
        spans.append((span, tensor))
    found.size = max((span[1] for span, _ in spans if span), default=0)
    found.contradictions = list(_first(_contradictions(spans)))
    return found


def _safetensor(name: str, entry: Any) -> tuple[Tensor, tuple[int, int] | None]:
    if not isinstance(entry, Mapping):
        raise Unusable("not_an_object", name[:LONGEST_NAME])
    shape = _shape(name, entry.get("shape"))
    dtype = entry.get("dtype")
    if not isinstance(dtype, str) or len(dtype) > 20:
        raise Unusable("bad_dtype", name[:LONGEST_NAME])
    return Tensor(_name(name), shape, dtype), _span(name, entry.get("data_offsets"))


def _span(name: str, offsets: Any) -> tuple[int, int] | None:
    if offsets is None:
        return None
    if not (isinstance(offsets, list) and len(offsets) == 2 and all(_is_count(offset) for offset in offsets)):
        raise Unusable("bad_offsets", name)
    return offsets[0], offsets[1]


def _contradictions(spans: list[tuple[tuple[int, int] | None, Tensor]]) -> Iterator[Contradiction]:
    """Yield contradictions: tensors must be stored without gaps, and each must have the size that its shape and type require."""
    end = 0
    for span, tensor in sorted((pair for pair in spans if pair[0]), key=lambda pair: pair[0] or (0, 0)):
        assert span
        if span[0] != end:
            yield Contradiction("gap_or_overlap", {"tensor": tensor.name, "found": span[0], "asked": end})
        bits = WIDTHS.get(tensor.dtype)
        if bits is not None and (expected := (prod(tensor.shape) * bits + 7) // 8) != span[1] - span[0]:
            yield Contradiction("size", {"tensor": tensor.name, "found": span[1] - span[0], "asked": expected})
        end = max(end, span[1])


def total_size_differs(header: Header, index: Any) -> Iterator[Contradiction]:
    """Yield differences between the tensors and an index (`model.safetensors.index.json`): total size and tensor names."""
    metadata = index.get("metadata") if isinstance(index, Mapping) else None
    total = metadata.get("total_size") if isinstance(metadata, Mapping) else None
    if _is_count(total) and header.tensors and header.size and total != header.size:
        yield Contradiction("total_size", {"found": total, "asked": header.size})
    named = index.get("weight_map") if isinstance(index, Mapping) else None
    if isinstance(named, Mapping) and header.tensors and set(named) != {tensor.name for tensor in header.tensors}:
        yield Contradiction("weight_map", {"found": len(named), "asked": len(header.tensors)})


def is_part_of(header: Header, index: Any) -> bool:
    """Whether a header has only some of the tensors in an index: one shard of several."""
    named = index.get("weight_map") if isinstance(index, Mapping) else None
    return isinstance(named, Mapping) and {tensor.name for tensor in header.tensors} < set(named)


def read_gguf(header: Any) -> Header:
    """
    Read a GGUF header: `{kv, tensors: [{name, dimensions, type}]}`; dimensions are in reverse order.

    Raises Unusable, as `read_safetensors`, and `tensor_twice`.
    """
    if not isinstance(header, Mapping) or not isinstance(header.get("tensors"), list):
        raise Unusable("not_an_object")
    _refuse_many(len(header["tensors"]))
    found = Header(is_gguf=True)
    known = set[str]()
    for i, entry in enumerate(header["tensors"]):
        if not isinstance(entry, Mapping):
            raise Unusable("not_an_object", f"/tensors/{i}")
        name = _name(entry.get("name"))
        if name in known:
            raise Unusable("tensor_twice", name)
        known.add(name)
        kind = entry.get("type")
        plain = kind in _GGUF_PLAIN if isinstance(kind, int | str) else True
        shape = _shape(name, entry.get("dimensions"))
        found.tensors.append(Tensor(name, shape[::-1], str(kind), is_quantized=not plain))
    return found


def _refuse_many(count: int) -> None:
    if count > MOST_TENSORS:
        raise Unusable("too_many_tensors", found=count, limit=MOST_TENSORS)


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name or len(name) > LONGEST_NAME:
        raise Unusable("bad_name", str(name)[:40])
    return name


def _shape(name: str, shape: Any) -> tuple[int, ...]:
    """Validate a shape: a few positive axes of bounded size, checked before anything is computed with it."""
    at = str(name)[:200]
    if not isinstance(shape, list) or len(shape) > MOST_AXES:
        raise Unusable("bad_shape", at, found=str(shape)[:80])
    if not all(_is_count(axis) and 0 < axis <= LONGEST_AXIS for axis in shape) or prod(shape) > MOST_ELEMENTS:
        raise Unusable("bad_shape", at, found=str(shape)[:80])
    return tuple(shape)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62


def _first(contradictions: Iterable[Contradiction]) -> Iterator[Contradiction]:
    for count, contradiction in enumerate(contradictions):
        if count == MOST_CONTRADICTIONS:
            return
        yield contradiction
