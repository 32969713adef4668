"""
Methods of both clients, made from the functions that describe their requests.

A method has the parameters and the documentation of its function. Its kind decides what a client does with the description,
and the type of the client decides whether that is awaited.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

import httpx

from filing_client.call import Call, Listing, R, Steps, T
from filing_client.saving import Saving

if TYPE_CHECKING:
    from filing_client.async_client import AsyncClient
    from filing_client.client import Client

P = ParamSpec("P")
D = TypeVar("D")
C = TypeVar("C")


class Group(Generic[C]):
    """Methods about one part of the API."""

    def __init__(self, client: C) -> None:
        self.client = client


class Returns(Generic[P, T]):
    """A method that returns an answer."""

    def __init__(self, describe: Callable[P, Call[T] | Steps[T]]) -> None:
        self.describe = describe

    @overload
    def __get__(self, group: Group[Client], owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, group: Group[AsyncClient], owner: type) -> Callable[P, Awaitable[T]]: ...
    def __get__(self, group: Group[Any], owner: type) -> Callable[P, Any]:
        return _method(self.describe, group.client.run)


class Iterates(Generic[P, R]):
    """A method that iterates over the rows of a list."""

    def __init__(self, describe: Callable[P, Listing[Any, R]]) -> None:
        self.describe = describe

    @overload
    def __get__(self, group: Group[Client], owner: type) -> Callable[P, Iterator[R]]: ...
    @overload
    def __get__(self, group: Group[AsyncClient], owner: type) -> Callable[P, AsyncIterator[R]]: ...
    def __get__(self, group: Group[Any], owner: type) -> Callable[P, Any]:
        return _method(self.describe, group.client.rows)


class Streams(Generic[P]):
    """A method that iterates over the lines of an answer while they arrive."""

    def __init__(self, describe: Callable[P, Call[httpx.Response]]) -> None:
        self.describe = describe

    @overload
    def __get__(self, group: Group[Client], owner: type) -> Callable[P, Iterator[str]]: ...
    @overload
    def __get__(self, group: Group[AsyncClient], owner: type) -> Callable[P, AsyncIterator[str]]: ...
    def __get__(self, group: Group[Any], owner: type) -> Callable[P, Any]:
        return _method(self.describe, group.client.lines)


class Saves(Generic[P]):
    """A method that saves an answer as a file and returns the path of it."""

    def __init__(self, describe: Callable[P, Saving]) -> None:
        self.describe = describe

    @overload
    def __get__(self, group: Group[Client], owner: type) -> Callable[P, Path]: ...
    @overload
    def __get__(self, group: Group[AsyncClient], owner: type) -> Callable[P, Awaitable[Path]]: ...
    def __get__(self, group: Group[Any], owner: type) -> Callable[P, Any]:
        return _method(self.describe, group.client.save)


def _method(describe: Callable[P, D], carry_out: Callable[[D], R]) -> Callable[P, R]:
    @wraps(describe)
    def method(*args: P.args, **kwargs: P.kwargs) -> R:
        return carry_out(describe(*args, **kwargs))

    return method
