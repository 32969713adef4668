"""The normal form of a dossier: the content as sent, normalized as dossier.md specifies, with nothing added."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from compliance.dossier.fields import Amount, OneOf, Rate, RequiredText, Text
from compliance.dossier.schema import Dossier
from compliance.dossier.stored import Canonical
from compliance.dossier.texts import tidy

Tidy = Callable[[Any], Any]
_PLACES = Decimal("0.0001")


def normal_form(tree: Any) -> Canonical:
    """Normalize a well-formed tree: texts in NFC and trimmed, rates with four decimals, keys in schema order."""
    return Canonical.of(_tidy_of(Dossier)(tree))


@cache
def _tidy_of(kind: Any) -> Tidy:
    if kind in (Text, RequiredText):
        return tidy
    if kind == Rate:
        return _tidy_rate
    if kind == Amount:
        return _tidy_amount
    if is_dataclass(kind):
        return _tidy_object(kind)
    return _tidy_container(kind)


def _tidy_container(kind: Any) -> Tidy:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _unless_null(_tidy_of(next(argument for argument in arguments if argument is not type(None))))
    if origin is Annotated and get_origin(arguments[0]) is list:
        return _tidy_of(arguments[0])
    if origin is list:
        item = _tidy_of(arguments[0])
        return lambda values: [item(value) for value in values]
    if origin is dict:
        return _tidy_map(_order_of(arguments[0]))
    return lambda value: value


def _tidy_object(kind: Any) -> Tidy:
    hints = get_type_hints(kind, include_extras=True)
    tidy = {field.name: _tidy_of(hints[field.name]) for field in fields(kind)}
    return lambda found: {name: tidy[name](found[name]) for name in tidy if name in found}


def _tidy_map(order: list[str]) -> Tidy:
    return lambda found: {key: found[key] for key in order if key in found}


def _order_of(key: Any) -> list[str]:
    return next(list(note.codes) for note in key.__metadata__ if isinstance(note, OneOf))


def _unless_null(tidy: Tidy) -> Tidy:
    return lambda value: None if value is None else tidy(value)


def _tidy_rate(value: Any) -> str:
    return str(Decimal(str(value)).quantize(_PLACES))


def _tidy_amount(value: Any) -> Any:
    return value if isinstance(value, str) else Decimal(str(value))


def content_digest(text: str) -> str:
    """Hash the content of a canonical dossier without its empty fields, so that equal contents have equal digests."""
    return Canonical.of(_content(json.loads(text, parse_float=Decimal))).sha256


def _content(value: Any) -> Any:
    """Drop null, empty lists and empty objects, except an empty list of permits, which declares that none is needed."""
    if isinstance(value, list):
        return [_content(child) for child in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _content(child) for key, child in value.items()}
    return {key: child for key, child in kept.items() if child not in (None, [], {}) or (key, child) == ("permits", [])}
