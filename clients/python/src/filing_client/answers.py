"""How an answer of the API becomes a dataclass: members are read by their type, and unknown ones are ignored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cache, partial
from types import UnionType
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import parse_qs, urlsplit

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the API answered. `raw` has everything, also members that this version of the client does not know."""

    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


A = TypeVar("A", bound=Answer)
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Answer, Generic[A]):
    """A page of a list."""

    results: tuple[A, ...]
    next: str | None = None
    previous: str | None = None

    @property
    def cursor(self) -> str | None:
        """
        The cursor of the next page. Only the cursor is taken from the link: behind a proxy its host may be another one,
        and the token must not be sent there.
        """
        found = parse_qs(urlsplit(self.next or "").query).get("cursor")
        return found[0] if found else None


def read(kind: type[A], raw: Mapping[str, Any]) -> A:
    """Return an answer as a dataclass. Raises TypeError if a member without a default is missing."""
    # mypy takes the __hash__ of the instances for that of the class.
    converters: Mapping[str, Convert] = _converters(kind)  # type: ignore[arg-type]
    values = {name: convert(raw[name]) for name, convert in converters.items() if name in raw}
    return kind(**values, raw=raw)


def one(kind: type[A]) -> Callable[[httpx.Response], A]:
    """Return a reader of a response that is a single object."""
    return lambda response: read(kind, response.json())


def page_of(kind: type[A]) -> Callable[[httpx.Response], Page[A]]:
    """Return a reader of a response that is a page of a list."""
    return lambda response: _page(kind, response.json())


def _page(kind: type[A], raw: Mapping[str, Any]) -> Page[A]:
    results = tuple(read(kind, row) for row in raw["results"])
    return Page(results=results, next=raw.get("next"), previous=raw.get("previous"), raw=raw)


@cache
def _converters(kind: type[Answer]) -> Mapping[str, Convert]:
    hints = get_type_hints(kind)
    return {member.name: _converter(hints[member.name]) for member in fields(kind) if member.name != "raw"}


def _converter(hint: Any) -> Convert:
    if get_origin(hint) is UnionType:
        return partial(_unless_none, _converter(get_args(hint)[0]))
    if get_origin(hint) is tuple:
        return partial(_each, _converter(get_args(hint)[0]))
    if hint is datetime or hint is date:
        return hint.fromisoformat
    return partial(read, hint) if _is_answer(hint) else _as_it_is


def _is_answer(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Answer)


def _unless_none(convert: Convert, value: Any) -> Any:
    return None if value is None else convert(value)


def _each(convert: Convert, values: Any) -> tuple[Any, ...]:
    return tuple(convert(value) for value in values)


def _as_it_is(value: Any) -> Any:
    return value
