"""Lists are read page by page."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
from answering import Server, client_of, ok, page
from rows import filing

from filing_client import Change, Changes


def test_pages_are_read_as_they_are_needed() -> None:
    server = Server(page([filing(1), filing(2)], "http://registry.test/api/v1/filings/?cursor=abc="), page([filing(3)]))
    rows = client_of(server).filings.list(status="filed", changed_after=datetime(2026, 1, 1, tzinfo=UTC))
    assert (next(rows).id, next(rows).id, len(server.requests)) == ("f-1", "f-2", 1)
    assert [row.id for row in rows] == ["f-3"]
    query = "status=filed&changed_after=2026-01-01T00%3A00%3A00%2B00%3A00"
    assert server.lines == [f"GET /filings/?{query}", f"GET /filings/?{query}&cursor=abc%3D"]


def test_the_token_is_not_sent_to_the_host_of_a_link() -> None:
    server = Server(page([], "http://elsewhere.test/?cursor=abc"), page([]))
    assert list(client_of(server).filings.list()) == []
    assert [request.url.host for request in server.requests] == ["registry.test", "registry.test"]


def test_changes_are_read_until_there_are_no_more() -> None:
    row = {
        "position": 7,
        "type": "filing",
        "at": "2026-11-29T01:30:00Z",
        "filing": "f-1",
        "case_number": "F",
        "data": {},
    }
    server = Server(ok({"results": [row], "last": "7", "more": True}), ok({"results": [], "last": "9", "more": False}))
    at = datetime(2026, 11, 29, 1, 30, tzinfo=UTC)
    change = Change(position=7, type="filing", at=at, filing="f-1", case_number="F", data={})
    assert list(client_of(server).changes("5")) == [
        Changes(results=(change,), last="7", more=True),
        Changes(results=(), last="9"),
    ]
    assert server.lines == ["GET /filings/changes/?after=5", "GET /filings/changes/?after=7"]


def test_an_export_is_split_at_line_feeds_alone() -> None:
    text = '{"name": "a\u2028b"}\r\n"x\ny"\nlast'
    server = Server(httpx.Response(200, stream=_Chunks(text.encode())))
    lines = list(client_of(server).export("ndjson", fields="id", q="x"))
    assert lines == ['{"name": "a\u2028b"}\r\n', '"x\n', 'y"\n', "last"]
    assert server.lines == ["GET /filings/?q=x&fields=id&format=ndjson"]


class _Chunks(httpx.SyncByteStream):
    """Sends a byte at a time, so that characters are cut."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __iter__(self):  # type: ignore[no-untyped-def]
        return (bytes([byte]) for byte in self.content)
