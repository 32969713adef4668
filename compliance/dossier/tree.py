"""Bytes to a tree of plain values: decimals kept as written, doubled keys and what is no JSON found with their places."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from compliance.dossier.faults import Fault, Malformed
from compliance.dossier.pointer import ROOT, Pointer

SIZE_LIMIT = 2 * 1024 * 1024
DEPTH_LIMIT = 12
_DIGITS_OF_INTEREST = 40
_UNSAYABLE = re.compile("[\0\ud800-\udfff]")


class _Object(dict[str, Any]):
    """A JSON object that remembers which keys stood twice, and which no field can have."""

    __slots__ = ("doubled", "unsayable")
    doubled: list[str]
    unsayable: list[str]


class _NoNumber(str):
    """NaN, Infinity or -Infinity where JSON has only numbers."""

    __slots__ = ()


def read_tree(raw: bytes) -> tuple[Any, list[Fault]]:
    """
    Read JSON text (UTF-8, RFC 8259) of at most 2 MiB.

    Returns the tree and the faults that a tree can still be given with.
    Raises Malformed when there is no tree: too large, not UTF-8, not JSON, nested beyond all bounds.
    """
    tree = _decoded(_text(raw))
    return tree, list(_tree_faults(tree))


def _text(raw: bytes) -> str:
    if len(raw) > SIZE_LIMIT:
        raise Malformed([Fault(ROOT, "too_large", {"limit": SIZE_LIMIT})])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed([Fault(ROOT, "not_utf8", {"position": error.start})]) from error


def _decoded(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_decimal,
            parse_constant=_NoNumber,
        )
    except json.JSONDecodeError as error:
        raise Malformed([Fault(ROOT, "not_json", {"line": error.lineno, "column": error.colno})]) from error
    except RecursionError as error:
        raise Malformed([Fault(ROOT, "too_deep", {"limit": DEPTH_LIMIT})]) from error


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object((key, value) for key, value in pairs if _is_sayable(key))
    found.unsayable = [key for key, _ in pairs if not _is_sayable(key)]
    found.doubled = []
    if len(found) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        found.doubled = [key for key in found if counts[key] > 1]
    return found


def _integer(literal: str) -> int:
    # Beyond all limits the size no longer matters, and Python refuses to read thousands of digits.
    return int(literal[:_DIGITS_OF_INTEREST])


def _decimal(literal: str) -> Decimal:
    # An exponent is kept as it was written, so that the decimal types can refuse it.
    return _Exponent(literal) if "e" in literal.lower() or len(literal) > _DIGITS_OF_INTEREST else Decimal(literal)


class _Exponent(Decimal):
    """A number written with an exponent or absurdly long; shows as it was written."""

    literal: str

    def __new__(cls, literal: str) -> _Exponent:
        self = super().__new__(cls, 0)
        self.literal = literal
        return self

    def __str__(self) -> str:
        return self.literal


def _tree_faults(tree: Any) -> Iterator[Fault]:
    todo: list[tuple[Pointer, Any, int]] = [(ROOT, tree, 1)]
    while todo:
        at, value, depth = todo.pop()
        if isinstance(value, dict | list):
            if depth > DEPTH_LIMIT:
                yield Fault(at, "too_deep", {"limit": DEPTH_LIMIT})
                continue
            todo.extend((at / step, child, depth + 1) for step, child in _children(value))
        yield from _own_faults(at, value)


def _children(value: dict[str, Any] | list[Any]) -> Iterator[tuple[str | int, Any]]:
    return iter(value.items()) if isinstance(value, dict) else iter(enumerate(value))


def _own_faults(at: Pointer, value: Any) -> Iterator[Fault]:
    if isinstance(value, _Object):
        yield from (Fault(at / key, "doubled_key") for key in value.doubled)
        yield from (Fault(at / key, "unknown_field") for key in value.unsayable)
    elif isinstance(value, _NoNumber):
        yield Fault(at, "not_a_number", {"found": str(value)})
    elif isinstance(value, str) and not _is_sayable(value):
        yield Fault(at, "unsayable_text")


def _is_sayable(text: str) -> bool:
    return _UNSAYABLE.search(text) is None
