"""When a request is sent again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from answering import Reply, Server, client_of, ok, problem
from rows import filing

from filing_client import ApiProblem, Conflict, Malformed, Throttled, Unreachable
from filing_client.retrying import retry_after

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
PASSING = [
    httpx.ConnectError("refused"),
    httpx.ReadTimeout("slow"),
    httpx.RemoteProtocolError("closed"),
    problem(409, "in_progress"),
    problem(429, "throttled"),
    httpx.Response(502),
    httpx.Response(503),
    httpx.Response(504),
]


@pytest.mark.parametrize("reply", PASSING, ids=repr)
def test_a_post_is_sent_again_with_its_key(reply: Reply) -> None:
    server = Server(reply, ok(filing()))
    assert client_of(server).filings.open({"kind": "algorithm"}).id == "f-1"
    keys = server.sent("Idempotency-Key")
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert UUID.fullmatch(keys[0] or "")
    assert [request.content for request in server.requests] == [b'{"kind": "algorithm"}'] * 2


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (problem(400, "malformed_dossier"), Malformed),
        (problem(409, "transition_refused"), Conflict),
        (problem(422, "key_reused"), ApiProblem),
        (problem(500, "error"), ApiProblem),
    ],
    ids=repr,
)
def test_other_refusals_are_reported_at_once(reply: Reply, kind: type[ApiProblem], pauses: list[float]) -> None:
    server = Server(reply)
    with pytest.raises(ApiProblem) as raised:
        client_of(server).filings.submit("f-1")
    assert (type(raised.value), len(server.requests), pauses) == (kind, 1, [])


def test_pauses_grow_and_the_number_of_attempts_is_bounded(pauses: list[float]) -> None:
    server = Server(*[httpx.ConnectError("refused")] * 4)
    with pytest.raises(Unreachable, match="refused"):
        client_of(server).filings.get("f-1")
    assert (len(server.requests), pauses) == (4, [0.5, 1.0, 2.0])


def test_retry_after_is_respected(pauses: list[float]) -> None:
    server = Server(problem(429, "throttled", headers={"Retry-After": "12"}), ok(filing()))
    client_of(server).filings.get("f-1")
    assert pauses == [12.0]


def test_a_server_that_asks_for_much_patience_is_reported(pauses: list[float]) -> None:
    server = Server(problem(429, "throttled", headers={"Retry-After": "121"}))
    with pytest.raises(Throttled):
        client_of(server).filings.get("f-1")
    assert pauses == []


@pytest.mark.parametrize(("value", "seconds"), [("", 0), ("7", 7), ("soon", 0), ("Thu, 01 Jan 2026 00:00:00 GMT", 0)])
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float) -> None:
    assert retry_after(httpx.Response(503, headers={"Retry-After": value})) == seconds


def test_retry_after_can_be_a_date_to_come() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 55 < retry_after(httpx.Response(503, headers={"Retry-After": soon})) <= 60


def test_a_put_is_not_sent_again_when_it_is_unknown_whether_it_arrived() -> None:
    server = Server(httpx.ReadTimeout("slow"))
    with pytest.raises(Unreachable):
        client_of(server).filings.replace_dossier("f-1", {}, '"a"')
    assert server.lines == ["PUT /filings/f-1/dossier/"]


def test_a_put_is_sent_again_when_it_was_not_handled() -> None:
    server = Server(httpx.ConnectError("refused"), httpx.Response(503), ok({"kind": "algorithm"}, ETag='"b"'))
    assert client_of(server).filings.replace_dossier("f-1", {}, '"a"') == ({"kind": "algorithm"}, '"b"')
    assert server.sent("If-Match") == ['"a"'] * 3


def test_a_key_of_your_own_is_sent() -> None:
    server = Server(ok(filing()))
    client_of(server).filings.open({}, idempotency_key="mine-1")
    assert server.sent("Idempotency-Key") == ["mine-1"]
