"""What is sent."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from answering import Server, async_client_of, client_of, ok, page, problem
from rows import CHECK, FINDING, FLAG, due, filing

from filing_client import AsyncClient, Check, Client, Finding, NotReady
from filing_client.settings import UnusableSetting


def test_every_request_names_the_token_the_language_and_the_client() -> None:
    server = Server(ok(filing()))
    Client("http://registry.test/api/v1/", "token-1", language="zh-hans", transport=server.transport).filings.get("f-1")
    headers = server.requests[0].headers
    assert (headers["Authorization"], headers["Accept-Language"]) == ("Bearer token-1", "zh-hans")
    assert headers["User-Agent"].startswith("ai-model-compliance-client")
    assert server.lines == ["GET /filings/f-1/"]


@pytest.mark.parametrize(
    ("url", "token", "name"), [("registry.test", "t", "url"), ("http://registry.test", "a\n", "token")]
)
def test_settings_that_cannot_be_used_are_refused(url: str, token: str, name: str) -> None:
    with pytest.raises(UnusableSetting) as raised:
        Client(url, token)
    assert (raised.value.name, "a\n" in str(raised.value)) == (name, False)


def test_a_check_is_made_as_of_a_day() -> None:
    server = Server(ok(CHECK))
    found = client_of(server).check({"kind": "algorithm"}, date(2026, 6, 1), compare_to="2026-07-01")
    finding = Finding(**{**FINDING, "cites": ("ALG 16",)})
    assert (found, found.has_errors) == (Check(as_of=date(2026, 11, 29), findings=(finding,)), True)
    assert server.lines == ["POST /check/?as_of=2026-06-01&compare_to=2026-07-01"]
    assert server.sent("Content-Type") == ["application/json"]


def test_each_verb_has_its_address_and_body() -> None:
    server = Server(*[ok(filing())] * 4)
    client = client_of(server)
    client.filings.submit("f-1", etag='"a"')
    client.filings.return_("f-1", reason="Incomplete.")
    client.filings.record_decision("f-1", number="N", day=date(2026, 1, 2))
    client.filings.act("f-1", "forward")
    assert server.lines == [f"POST /filings/f-1/{verb}/" for verb in ("submit", "return", "record_decision", "forward")]
    bodies = [b"", b'{"reason": "Incomplete."}', b'{"number": "N", "day": "2026-01-02"}', b""]
    assert [request.content for request in server.requests] == bodies
    assert server.sent("If-Match") == ['"a"', None, None, None]


def test_an_id_cannot_lead_to_another_address() -> None:
    server = Server(ok(filing()))
    client_of(server).filings.get("../tokens")
    assert server.lines == ["GET /filings/..%2Ftokens/"]


def test_a_body_that_is_no_json_is_refused_before_it_is_sent() -> None:
    with pytest.raises(TypeError, match="object cannot be written as JSON"):
        client_of(Server()).filings.open({"kind": object()})


def test_waiting_ends_when_no_check_is_due(pauses: list[float]) -> None:
    server = Server(ok(due()), ok(due()), ok(filing()))
    assert not client_of(server).filings.wait_until_checked("f-1", 10).check.due
    assert pauses == [1.0, 1.0]


def test_waiting_ends_in_time(pauses: list[float]) -> None:
    server = Server(*[ok(due())] * 4)
    with pytest.raises(NotReady, match="not finished within 3 seconds"):
        client_of(server).filings.wait_until_checked("f-1", 3)
    assert len(pauses) < 4


def test_the_asynchronous_client_sends_the_same_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_pause(seconds: float) -> None:
        return None

    def replies() -> Server:
        next_page = page([FLAG], "http://registry.test/?cursor=c")
        return Server(problem(503, "busy"), ok(filing()), next_page, page([FLAG]), ok(due()), ok(filing()))

    async def work(client: AsyncClient) -> list[object]:
        async with client:
            opened = await client.filings.open({"a": 1}, idempotency_key="k")
            flags = [flag async for flag in client.filings.flags("f-1")]
            return [opened, flags, await client.filings.wait_until_checked("f-1")]

    monkeypatch.setattr(asyncio, "sleep", no_pause)
    awaited, plain = replies(), replies()
    results = asyncio.run(work(async_client_of(awaited)))
    with client_of(plain) as client:
        opened = client.filings.open({"a": 1}, idempotency_key="k")
        flags = list(client.filings.flags("f-1"))
        assert results == [opened, flags, client.filings.wait_until_checked("f-1")]
    assert [_whole(request) for request in awaited.requests] == [_whole(request) for request in plain.requests]


def _whole(request: object) -> tuple[object, ...]:
    return tuple(getattr(request, name) for name in ("method", "url", "headers", "content"))
