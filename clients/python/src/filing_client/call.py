"""
A request as a value: what is sent, and how the answer is read. Nothing is sent here.

The subjects of the API (`filings`, `documents`, …) describe their requests as calls, and longer work as steps: a generator
that yields calls and pauses, and is sent the answers. Both clients carry out the same descriptions.
"""

from __future__ import annotations

import json as jsonlib
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeAlias, TypeVar
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx

from filing_client.answers import A, Page, page_of
from filing_client.bodies import FileBody

T = TypeVar("T")
P = TypeVar("P")
R = TypeVar("R")
Read: TypeAlias = Callable[[httpx.Response], T]
Id: TypeAlias = str | UUID
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A request. `is_stream` leaves the body of a good answer unread, for the caller."""

    method: str
    path: str
    read: Read[T]
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | FileBody | None = None
    is_stream: bool = False

    def __iter__(self) -> Steps[T]:
        """Let steps write `answer = yield from call`, with the type of the answer."""
        answer: T = yield self
        return answer

    @property
    def is_repeatable(self) -> bool:
        """Whether the server changes nothing more if the request arrives twice."""
        return self.method == "GET" or "Idempotency-Key" in self.headers


@dataclass(frozen=True, slots=True)
class Attempt:
    """A step that sends a call once. Its outcome is the response, or the error instead of one."""

    call: Call[Any]


@dataclass(frozen=True, slots=True)
class Pause:
    """A step that only waits."""

    seconds: float


Outcome: TypeAlias = httpx.Response | httpx.RequestError
Step: TypeAlias = Call[Any] | Attempt | Pause
Steps: TypeAlias = Generator[Step, Any, T]


@dataclass(frozen=True, slots=True)
class Listing(Generic[P, R]):
    """A list that is read page by page: its first page, the one after a page, and the rows of a page."""

    first: Call[P]
    following: Callable[[P], Call[P] | None]
    rows: Callable[[P], Iterable[R]]


def address(*parts: object) -> str:
    """Return the path of an address below the base URL, with a slash at its end."""
    return "".join(f"{quote(str(part), safe='')}/" for part in parts)


def get(path: str, read: Read[T], params: Mapping[str, Any] | None = None, *, is_stream: bool = False) -> Call[T]:
    """Describe a GET."""
    return Call("GET", path, read, query(params or {}), is_stream=is_stream)


def post(
    path: str,
    read: Read[T],
    body: bytes | FileBody | None = None,
    *,
    params: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    key: str | None = None,
    etag: str | None = None,
) -> Call[T]:
    """Describe a POST. Its key makes it safe to send again, so every POST has one."""
    fixed = {"Idempotency-Key": key or str(uuid4()), **({"If-Match": etag} if etag else {})}
    return Call("POST", path, read, query(params or {}), {**(headers or {}), **fixed}, body)


def paged(path: str, kind: type[A], params: Mapping[str, Any]) -> Listing[Page[A], A]:
    """Describe a list with cursor pages."""

    def page(cursor: str | None) -> Call[Page[A]]:
        return get(path, page_of(kind), {**params, "cursor": cursor})

    def following(found: Page[A]) -> Call[Page[A]] | None:
        return page(found.cursor) if found.cursor else None

    return Listing(page(None), following, lambda found: found.results)


def query(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that have a value, as they are written in an address."""
    return {name: plain(value) for name, value in params.items() if value is not None}


def as_json(body: object) -> bytes:
    """Return a body as JSON. Bytes are sent as they are, so that a file keeps its digits and its faults."""
    return body if isinstance(body, bytes) else jsonlib.dumps(body, ensure_ascii=False, default=_only_plain).encode()


def plain(value: Any) -> Any:
    """Return a day, a moment or an id as text, and any other value as it is."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _only_plain(value: Any) -> Any:
    written = plain(value)
    if written is value:
        raise TypeError(f"{type(value).__name__} cannot be written as JSON. Use text, numbers, lists and dictionaries.")
    return written
