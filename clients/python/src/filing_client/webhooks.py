"""
Receiving webhooks (standardwebhooks.com): a message is accepted if the registry signed it, it is recent, and it is new.

The signature is verified first, so that nothing about a forged message is revealed or remembered.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from standardwebhooks import Webhook as Signer

TOLERANCE = 300.0
CAPACITY = 10_000


class Refused(Exception):
    """The message must not be acted on."""


class Forged(Refused):
    """The headers are missing, or no signature is one of the secret: the message is not from the registry."""


class Stale(Refused):
    """The message was signed too long ago, or the clocks differ."""


class Replayed(Refused):
    """The message was received before. Answer it like the first one, with 200."""


class Unreadable(Refused):
    """The message was signed with the secret, but it is not a JSON object."""


class KnownMessages(Protocol):
    """Remembers the ids of messages. Several processes need a store that they share, such as `SET … NX EX` of Redis."""

    def add(self, message_id: str, seconds: float) -> bool:
        """Remember an id for so long. Return False if it is remembered already. Must be atomic."""

    def forget(self, message_id: str) -> None:
        """Forget an id, because its message was not handled."""


class KnownInMemory:
    """Remembers ids in the memory of this process, the latest ones if there are too many."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity, self._lock = capacity, threading.Lock()
        self._until: OrderedDict[str, float] = OrderedDict()

    def add(self, message_id: str, seconds: float) -> bool:
        """Remember an id for so long. Return False if it is remembered already."""
        now = time.monotonic()
        with self._lock:
            if self._until.get(message_id, 0.0) > now:
                return False
            self._until[message_id] = now + seconds
            self._until.move_to_end(message_id)
            while len(self._until) > self._capacity:
                self._until.popitem(last=False)
            return True

    def forget(self, message_id: str) -> None:
        """Forget an id."""
        with self._lock:
            self._until.pop(message_id, None)


@dataclass(frozen=True, slots=True)
class _Signed:
    """The headers of a message."""

    id: str
    timestamp: int
    signatures: tuple[str, ...]


class Receiver:
    """Verifies the messages of a webhook. `tolerance` is in seconds; `known` remembers which messages were received."""

    def __init__(self, secret: str, known: KnownMessages | None = None, tolerance: float = TOLERANCE) -> None:
        self._signer = Signer(secret)
        self._known = KnownInMemory() if known is None else known
        self._tolerance = tolerance

    def verify(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """Return a message. Raises Forged, Stale, Replayed or Unreadable. The body must be as it was received."""
        signed = _signed(headers)
        text = self._verified_text(body, signed)
        seconds_left = self._seconds_left(signed)
        message = _message(text)
        if not self._known.add(signed.id, seconds_left):
            raise Replayed(f"The message {signed.id} was received before.")
        return message

    def forget(self, headers: Mapping[str, str]) -> None:
        """Let a message be received again. Call this if you could not handle it and answer with an error."""
        self._known.forget(_signed(headers).id)

    def _verified_text(self, body: bytes, signed: _Signed) -> str:
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            raise Forged("The body is not UTF-8, so the registry has not sent it.") from error
        expected = self._signer.sign(signed.id, datetime.fromtimestamp(signed.timestamp, UTC), text).encode()
        if not any(hmac.compare_digest(expected, given.encode()) for given in signed.signatures):
            raise Forged("No signature matches. Compare the secret, and pass the body exactly as it was received.")
        return text

    def _seconds_left(self, signed: _Signed) -> float:
        """Return for how long the message is recent. Raises Stale if it is not."""
        age = time.time() - signed.timestamp
        if abs(age) > self._tolerance:
            raise Stale(
                f"The message was signed {age:.0f} seconds ago; {self._tolerance:g} are allowed. Set the clock."
            )
        return self._tolerance - age


def _signed(headers: Mapping[str, str]) -> _Signed:
    by_name = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp = by_name.get("webhook-id", ""), by_name.get("webhook-timestamp", "")
    signatures = tuple(by_name.get("webhook-signature", "").split())
    if not (message_id and signatures and _is_timestamp(timestamp)):
        raise Forged("The headers webhook-id, webhook-timestamp and webhook-signature are missing or not in form.")
    return _Signed(message_id, int(timestamp), signatures)


def _is_timestamp(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 11


def _message(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except ValueError as error:
        raise Unreadable("The message is signed, but it is not JSON.") from error
    if not isinstance(message, dict):
        raise Unreadable("The message is signed, but it is not a JSON object.")
    return message
