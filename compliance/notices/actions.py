"""Actions on webhooks: adding, changing, replacing the secret, testing, sending again. Each checks who acts."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from compliance.models import Delivery, Webhook, WebhookEvent
from compliance.notices.sending import NotAllowed, public_addresses
from registry.models import Organization, User

MOST_WEBHOOKS = 20
OVERLAP = timedelta(hours=24)
CHANGEABLE = ("url", "description", "events", "is_enabled")
SUBSCRIBABLE = [event for event in WebhookEvent.values if event != WebhookEvent.PING]


class WebhookRefused(Exception):
    """A webhook is refused; `code` says why: not_a_filer, not_staff, too_many, or a code of NotAllowed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"


def add_webhook(
    *, by: User, organization: Organization | None, url: str, events: Sequence[str], description: str = ""
) -> Webhook:
    """Add a webhook: of an organization by one of its filers, or of a staff member. Raises WebhookRefused."""
    if organization is not None and organization.pk not in by.filer_organizations:
        raise WebhookRefused("not_a_filer")
    if organization is None and not by.roles:
        raise WebhookRefused("not_staff")
    own = {"organization": organization} if organization else {"organization": None, "owner": by}
    if Webhook.objects.filter(**own).count() >= MOST_WEBHOOKS:
        raise WebhookRefused("too_many")
    refuse_unless_public(url)
    return Webhook.objects.create(
        owner=by,
        organization=organization,
        url=url,
        events=list(dict.fromkeys(events)),
        description=description,
        secret=new_secret(),
    )


def change_webhook(webhook: Webhook, changes: dict[str, Any], *, by: User) -> Webhook:
    """
    Change a webhook. Enabling it again lets its messages be delivered at once, and makes whoever does it its owner. Raises
    WebhookRefused.
    """
    # Outside the transaction: a name server may be slow.
    if "url" in changes:
        refuse_unless_public(changes["url"])
    return _change(webhook, changes, by)


@transaction.atomic
def _change(webhook: Webhook, changes: dict[str, Any], by: User) -> Webhook:
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    is_revived = not webhook.is_enabled and changes.get("is_enabled", False)
    for name in CHANGEABLE:
        if name in changes:
            setattr(webhook, name, changes[name])
    if is_revived:
        webhook.disabled_reason, webhook.failing_since, webhook.owner = "", None, by
        webhook.deliveries.filter(delivered_at=None, given_up_at=None).update(due_at=timezone.now(), attempts=0)
    webhook.changed_at = timezone.now()
    webhook.save()
    return webhook


def refuse_unless_public(url: str) -> None:
    try:
        public_addresses(url)
    except NotAllowed as error:
        raise WebhookRefused(error.code) from error


@transaction.atomic
def replace_secret(webhook: Webhook, *, overlap: timedelta = OVERLAP) -> Webhook:
    """Give a webhook a new secret. Messages are signed with the old one as well for the time of the overlap."""
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    webhook.previous_secret, webhook.previous_secret_until = webhook.secret, timezone.now() + overlap
    webhook.secret, webhook.changed_at = new_secret(), timezone.now()
    webhook.save()
    return webhook


def send_test(webhook: Webhook) -> Delivery:
    """Make a message that tells nothing but that the webhook works."""
    content = {"type": str(WebhookEvent.PING), "timestamp": timezone.localtime().isoformat(), "data": {}}
    return Delivery.objects.create(webhook=webhook, event=WebhookEvent.PING, body=json.dumps(content))


@transaction.atomic
def send_again(delivery: Delivery) -> Delivery:
    """Deliver a message again, with its id, whether it was delivered or given up."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    delivery.delivered_at = delivery.given_up_at = None
    delivery.due_at, delivery.attempts = timezone.now(), 0
    delivery.save()
    return delivery
