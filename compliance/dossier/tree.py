"""From bytes to a tree of plain values: decimals as written, duplicate keys and invalid JSON reported by place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from compliance.dossier.faults import Fault, Malformed
from compliance.dossier.pointer import ROOT, Pointer
from compliance.dossier.texts import is_storable

SIZE_LIMIT = 2 * 1024 * 1024
DEPTH_LIMIT = 12
# No real dossier of 2 MiB has that many values; without a limit, a document of brackets takes minutes.
VALUES_LIMIT = 300_000
KEY_LIMIT = 100
_MAX_DIGITS = 40


class _Object(dict[str, Any]):
    """A JSON object that records its duplicate keys, and the keys that cannot be field names."""

    __slots__ = ("duplicates", "unusable")
    duplicates: list[str]
    unusable: list[str]


class _NotANumber(str):
    """NaN, Infinity or -Infinity, which JSON does not allow."""

    __slots__ = ()


def read_tree(raw: bytes) -> tuple[Any, list[Fault]]:
    """
    Parse JSON text (UTF-8, RFC 8259) of at most 2 MiB.

    Returns the tree and its faults. Raises Malformed if there is no tree: the text is too large, not UTF-8, not JSON,
    nested too deeply, or has too many values.
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
            parse_constant=_NotANumber,
        )
    except json.JSONDecodeError as error:
        raise Malformed([Fault(ROOT, "not_json", {"line": error.lineno, "column": error.colno})]) from error
    except RecursionError as error:
        raise Malformed([Fault(ROOT, "too_deep", {"limit": DEPTH_LIMIT})]) from error


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object((key, value) for key, value in pairs if _can_be_a_field_name(key))
    found.unusable = [key for key, _ in pairs if not _can_be_a_field_name(key)]
    found.duplicates = []
    if len(found) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        found.duplicates = [key for key in found if counts[key] > 1]
    return found


def _integer(literal: str) -> int:
    # A number beyond the limit is rejected whatever its size, and Python refuses to parse thousands of digits.
    return int(literal[:_MAX_DIGITS])


def _decimal(literal: str) -> Decimal:
    # An exponent is kept as written, so that the decimal types can reject it.
    return _Exponent(literal) if "e" in literal.lower() or len(literal) > _MAX_DIGITS else Decimal(literal)


class _Exponent(Decimal):
    """A number with an exponent, or too long; its text is the literal."""

    literal: str

    def __new__(cls, literal: str) -> _Exponent:
        self = super().__new__(cls, 0)
        self.literal = literal
        return self

    def __str__(self) -> str:
        return self.literal


class _Place(NamedTuple):
    """A place in the tree, as a chain of steps; the pointer is computed only for a fault."""

    parent: _Place | None
    step: str | int
    depth: int

    @property
    def pointer(self) -> Pointer:
        steps, place = [], self
        while place.parent is not None:
            steps.append(place.step)
            place = place.parent
        at = ROOT
        for step in reversed(steps):
            at = at / step
        return at


def _tree_faults(tree: Any) -> Iterator[Fault]:
    todo: list[tuple[_Place, Any]] = [(_Place(None, "", 1), tree)]
    for _ in range(VALUES_LIMIT):
        if not todo:
            return
        place, value = todo.pop()
        if not isinstance(value, dict | list):
            yield from _faults_of_scalar(place, value)
        elif place.depth > DEPTH_LIMIT:
            yield Fault(place.pointer, "too_deep", {"limit": DEPTH_LIMIT})
        else:
            yield from _faults_of_keys(place, value)
            children = value.items() if isinstance(value, dict) else enumerate(value)
            todo.extend((_Place(place, step, place.depth + 1), child) for step, child in children)
    raise Malformed([Fault(ROOT, "too_many_values", {"limit": VALUES_LIMIT})])


def _faults_of_keys(place: _Place, value: dict[str, Any] | list[Any]) -> Iterator[Fault]:
    if isinstance(value, _Object):
        yield from (Fault(place.pointer / key, "doubled_key") for key in value.duplicates)
        yield from (Fault(place.pointer / key, "unknown_field") for key in value.unusable)


def _faults_of_scalar(place: _Place, value: Any) -> Iterator[Fault]:
    if isinstance(value, _NotANumber):
        yield Fault(place.pointer, "not_a_number", {"found": str(value)})
    elif isinstance(value, str) and not is_storable(value):
        yield Fault(place.pointer, "unsayable_text")


def _can_be_a_field_name(key: str) -> bool:
    """Return whether a key can be a field name. A very long key would be repeated in every pointer below it."""
    return len(key) <= KEY_LIMIT and is_storable(key)
