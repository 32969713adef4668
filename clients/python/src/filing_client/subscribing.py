"""Webhooks: the addresses to which the registry sends messages. `filing_client.webhooks` receives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from filing_client.answers import Answer, Page, one
from filing_client.call import JSON, Call, Id, Listing, address, as_json, get, paged, post


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Answer):
    """A webhook. `secret` is there only in the answer that created or replaced it."""

    id: str
    url: str
    events: tuple[str, ...] = ()
    organization: str | None = None
    owner: str = ""
    description: str = ""
    is_enabled: bool = True
    disabled_reason: str = ""
    failing_since: datetime | None = None
    created_at: datetime | None = None
    changed_at: datetime | None = None
    secret: str | None = None

    def __repr__(self) -> str:
        """Leave out the secret: what is printed is often kept."""
        return f"Webhook(id={self.id!r}, url={self.url!r}, events={self.events!r}, is_enabled={self.is_enabled!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Answer):
    """A message to a webhook. The attempts to deliver it are in `log`."""

    id: str
    event: str
    filing: str | None = None
    body: str = ""
    attempts: int = 0
    created_at: datetime | None = None
    due_at: datetime | None = None
    delivered_at: datetime | None = None
    given_up_at: datetime | None = None
    log: Any = ()


def listed() -> Listing[Page[Webhook], Webhook]:
    """Iterate over your webhooks and those of the organizations for which you file."""
    return paged(address("webhooks"), Webhook, {})


def found(id: Id) -> Call[Webhook]:
    """Return a webhook."""
    return get(address("webhooks", id), one(Webhook))


def created(
    url: str,
    events: Sequence[str],
    organization: str | None = None,
    *,
    description: str = "",
    idempotency_key: str | None = None,
) -> Call[Webhook]:
    """Add a webhook. Keep the `secret` of the answer: it is not shown again. `organization` is a USCC."""
    body: dict[str, Any] = {"url": url, "events": list(events), "description": description}
    whose = {"organization": organization} if organization else {}
    return post(address("webhooks"), one(Webhook), as_json(body | whose), headers=JSON, key=idempotency_key)


def changed(id: Id, *, etag: str | None = None, **members: Any) -> Call[Webhook]:
    """Change `url`, `description`, `events` or `is_enabled` of a webhook."""
    headers = {**JSON, **_if_match(etag)}
    return Call("PATCH", address("webhooks", id), one(Webhook), headers=headers, body=as_json(members))


def deleted(id: Id, *, etag: str | None = None) -> Call[None]:
    """Delete a webhook with its messages."""
    return Call("DELETE", address("webhooks", id), _nothing, headers=_if_match(etag))


def secret_replaced(id: Id, *, idempotency_key: str | None = None) -> Call[Webhook]:
    """Replace the secret of a webhook. For a day, messages are signed with both."""
    return post(address("webhooks", id, "secret"), one(Webhook), key=idempotency_key)


def sent_for_test(id: Id, *, idempotency_key: str | None = None) -> Call[Delivery]:
    """Send a test message to a webhook."""
    return post(address("webhooks", id, "test"), one(Delivery), key=idempotency_key)


def deliveries(id: Id) -> Listing[Page[Delivery], Delivery]:
    """Iterate over the messages to a webhook, newest first."""
    return paged(address("webhooks", id, "deliveries"), Delivery, {})


def delivered_again(id: Id, delivery: Id, *, idempotency_key: str | None = None) -> Call[Delivery]:
    """Deliver a message again, with the id that it had."""
    return post(address("webhooks", id, "deliveries", delivery, "replay"), one(Delivery), key=idempotency_key)


def _if_match(etag: str | None) -> dict[str, str]:
    return {"If-Match": etag} if etag else {}


def _nothing(response: httpx.Response) -> None:
    return None
