"""A server for the tests: it answers with what it is given, in that order, and keeps the requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import httpx

from filing_client import AsyncClient, Client

BASE = "http://registry.test/api/v1"
Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Server:
    """Answers requests one after another."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.requests: list[httpx.Request] = []
        self.transport = httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, httpx.Response) else reply(request)

    @property
    def lines(self) -> list[str]:
        """The requests in short: the method, the path below the base URL, and the query."""
        return [f"{request.method} {str(request.url).removeprefix(BASE)}" for request in self.requests]

    def sent(self, header: str) -> list[str | None]:
        """The values of a header in all requests."""
        return [request.headers.get(header) for request in self.requests]


def client_of(server: Server, retries: int = 3) -> Client:
    return Client(BASE, "token-1", transport=server.transport, retries=retries)


def async_client_of(server: Server, retries: int = 3) -> AsyncClient:
    return AsyncClient(BASE, "token-1", transport=server.transport, retries=retries)


def ok(body: object, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=body, headers=headers)


def problem(status: int, code: str, *, headers: dict[str, str] | None = None, **members: Any) -> httpx.Response:
    raw = {
        "type": f"urn:problem:{code}",
        "title": "Title",
        "status": status,
        "code": code,
        "detail": "Detail.",
        "instance": "/api/v1/filings/",
        "request_id": "request-1",
        "errors": [],
        **members,
    }
    types = {"Content-Type": "application/problem+json", **(headers or {})}
    return httpx.Response(status, content=json.dumps(raw).encode(), headers=types)


def page(rows: Iterable[object], next: str | None = None) -> httpx.Response:
    return ok({"next": next, "previous": None, "results": list(rows)})
