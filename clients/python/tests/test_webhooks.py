"""Receiving webhooks, and subscribing to them."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from answering import Server, client_of, ok
from standardwebhooks import Webhook as Signer

from filing_client import Webhook
from filing_client.webhooks import Forged, KnownInMemory, Receiver, Replayed, Stale, Unreadable

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = json.dumps({"type": "webhook.test", "data": {"name": "示例"}}).encode()


def signed(body: bytes = BODY, age: float = 0, secret: str = SECRET, message_id: str = "m-1") -> dict[str, str]:
    timestamp = int(time.time() - age)
    signature = Signer(secret).sign(message_id, datetime.fromtimestamp(timestamp, UTC), body.decode())
    return {"Webhook-Id": message_id, "Webhook-Timestamp": str(timestamp), "Webhook-Signature": signature}


def test_a_message_of_the_registry_is_returned() -> None:
    assert Receiver(SECRET).verify(BODY, signed()) == {"type": "webhook.test", "data": {"name": "示例"}}


def test_one_of_several_signatures_is_enough() -> None:
    both = f"{signed(secret=OTHER)['Webhook-Signature']} {signed()['Webhook-Signature']} v1a,x"
    assert Receiver(SECRET).verify(BODY, {**signed(), "Webhook-Signature": both})["type"] == "webhook.test"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY, signed(secret=OTHER)),
        (BODY + b" ", signed()),
        (b"\xff", signed()),
        (BODY, {**signed(), "Webhook-Id": "m-2"}),
        (BODY, {**signed(), "Webhook-Timestamp": str(int(time.time()) + 1)}),
        (BODY, {**signed(), "Webhook-Timestamp": "now"}),
        (BODY, {**signed(), "Webhook-Timestamp": "9" * 30}),
        (BODY, {**signed(), "Webhook-Signature": "é"}),
        (BODY, {**signed(), "Webhook-Signature": ""}),
        (BODY, {}),
    ],
)
def test_a_forged_message_is_refused_and_not_remembered(body: bytes, headers: dict[str, str]) -> None:
    receiver = Receiver(SECRET)
    with pytest.raises(Forged):
        receiver.verify(body, headers)
    assert receiver.verify(BODY, signed())["type"] == "webhook.test"


@pytest.mark.parametrize(("age", "tolerance"), [(302, 300), (-302, 300), (12, 10), (602, 600)])
def test_a_message_out_of_its_time_is_stale(age: float, tolerance: float) -> None:
    with pytest.raises(Stale, match="Set the clock"):
        Receiver(SECRET, tolerance=tolerance).verify(BODY, signed(age=age))


@pytest.mark.parametrize(("age", "tolerance"), [(298, 300), (-298, 300), (598, 600)])
def test_a_message_within_the_tolerance_is_not(age: float, tolerance: float) -> None:
    assert Receiver(SECRET, tolerance=tolerance).verify(BODY, signed(age=age))["type"] == "webhook.test"


def test_a_message_is_received_once() -> None:
    receiver = Receiver(SECRET)
    receiver.verify(BODY, signed())
    with pytest.raises(Replayed, match="m-1"):
        receiver.verify(BODY, signed(age=-2))
    assert receiver.verify(BODY, signed(message_id="m-2"))["type"] == "webhook.test"


def test_a_message_that_was_not_handled_can_be_received_again() -> None:
    receiver = Receiver(SECRET)
    receiver.verify(BODY, signed())
    receiver.forget(signed())
    assert receiver.verify(BODY, signed())["type"] == "webhook.test"


@pytest.mark.parametrize("body", [b"[]", b"{"])
def test_a_signed_message_that_is_no_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        Receiver(SECRET).verify(body, signed(body))


def test_a_store_of_ones_own_is_asked() -> None:
    class Store:
        def __init__(self) -> None:
            self.asked: list[tuple[str, bool]] = []

        def add(self, message_id: str, seconds: float) -> bool:
            self.asked.append((message_id, 290 < seconds <= 300))
            return False

        def forget(self, message_id: str) -> None:
            raise AssertionError

    store = Store()
    with pytest.raises(Replayed):
        Receiver(SECRET, known=store).verify(BODY, signed())
    assert store.asked == [("m-1", True)]


def test_the_memory_is_bounded_and_forgets_in_time(pauses: list[float]) -> None:
    memory = KnownInMemory(capacity=2)
    assert [memory.add(name, 10) for name in ("a", "a", "b", "c", "a", "c")] == [True, False, True, True, True, False]
    pauses.append(11)
    assert memory.add("c", 10)


def test_the_secret_of_a_new_webhook_is_not_printed() -> None:
    raw = {"id": "w-1", "url": "https://receiver.test/", "events": ["filing.status_changed"], "secret": SECRET}
    server = Server(ok(raw, 201))
    created = client_of(server).webhooks.create("https://receiver.test/", ["filing.status_changed"])
    assert created == Webhook(id="w-1", url="https://receiver.test/", events=("filing.status_changed",), secret=SECRET)
    assert SECRET not in repr(created)
    body = b'{"url": "https://receiver.test/", "events": ["filing.status_changed"], "description": ""}'
    assert (server.lines, server.requests[0].content) == (["POST /webhooks/"], body)


def test_a_webhook_is_deleted_in_the_version_that_is_known() -> None:
    server = Server(ok(None, 204))
    client_of(server).webhooks.delete("w-1", etag='"a"')
    assert (server.lines, server.sent("If-Match")) == (["DELETE /webhooks/w-1/"], ['"a"'])
