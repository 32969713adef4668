"""
Delivering messages: signed as Standard Webhooks says, in the order of the changes of a filing, again after a failure.

A worker leases a webhook, so that no other one overtakes it. What a killed worker held is delivered again after the lease;
the receiver knows a message by its id.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop
from standardwebhooks import Webhook as Signer

from compliance.models import Attempt, Delivery, Webhook
from compliance.notices.messages import disable
from compliance.notices.sending import Sent, send

# The time between attempts: a day in all. After the last one, the message is given up and the webhook disabled.
BACK_OFF = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1_800, 3_600, 2 * 3_600, 4 * 3_600, 8 * 3_600, 8 * 3_600)
)
LEASE = timedelta(minutes=5)
# A worker leaves the rest to the next task after so many messages, so that others get their turn.
AT_ONCE = 100
A_DAY = timedelta(hours=23)
GIVEN_UP = gettext_noop(
    "No message could be delivered for a day. Correct the address, then enable it again. What changed meanwhile is listed by "
    "GET /filings/changes/."
)
GONE = gettext_noop("The receiver says that it is gone (410). Correct the address, then enable it again.")


def webhooks_with_work() -> list[int]:
    """Return the keys of the webhooks that have messages due and that no worker has leased."""
    now = timezone.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    rows = Webhook.objects.filter(free, is_enabled=True, deliveries__in=under_way().filter(due_at__lte=now))
    return list(rows.values_list("pk", flat=True).distinct())


def under_way() -> QuerySet[Delivery]:
    """Return the messages that are neither delivered nor given up."""
    return Delivery.objects.filter(delivered_at__isnull=True, given_up_at__isnull=True)


def deliver(webhook_key: int) -> int:
    """Deliver the messages of a webhook that are due, and return how many were accepted."""
    webhook = _leased(webhook_key)
    if webhook is None:
        return 0
    try:
        return _deliver(webhook)
    finally:
        # Only the own lease: after its end, another worker may hold one.
        Webhook.objects.filter(pk=webhook.pk, leased_until=webhook.leased_until).update(leased_until=None)


@transaction.atomic
def _leased(key: int) -> Webhook | None:
    now = timezone.now()
    webhook = Webhook.objects.select_for_update(skip_locked=True).filter(pk=key, is_enabled=True).first()
    if webhook is None or (webhook.leased_until and webhook.leased_until > now):
        return None
    webhook.leased_until = now + LEASE
    webhook.save(update_fields=["leased_until"])
    return webhook


def _deliver(webhook: Webhook) -> int:
    accepted = 0
    assert webhook.leased_until
    for delivery in _next_ones(webhook):
        if webhook.leased_until - timezone.now() < LEASE / 2:
            # The rest is for the next task, so that no two workers deliver the same.
            break
        if not _attempt(webhook, delivery):
            # The others wait as well: their receiver is the same.
            break
        accepted += 1
    return accepted


def _next_ones(webhook: Webhook) -> Iterator[Delivery]:
    """Yield the messages that are due, without those of a filing that has an earlier message under way."""
    waiting: set[int] = set()
    now = timezone.now()
    for delivery in under_way().filter(webhook=webhook).order_by("id")[:AT_ONCE]:
        if delivery.filing_id in waiting:
            continue
        if delivery.due_at <= now:
            yield delivery
        elif delivery.filing_id:
            waiting.add(delivery.filing_id)


def _attempt(webhook: Webhook, delivery: Delivery) -> bool:
    """Send a message once, and write down what came of it."""
    at = timezone.now()
    sent = send(webhook.url, delivery.body.encode(), headers_of(webhook, delivery))
    with transaction.atomic():
        Attempt.objects.create(
            delivery=delivery, at=at, status=sent.status, error=sent.error, milliseconds=sent.milliseconds
        )
        delivery.attempts += 1
        if sent.is_accepted:
            delivery.delivered_at = timezone.now()
            Webhook.objects.filter(pk=webhook.pk).exclude(failing_since=None).update(failing_since=None)
        else:
            _after_failure(webhook, delivery, sent)
        delivery.save(update_fields=["attempts", "delivered_at", "due_at", "given_up_at"])
    return sent.is_accepted


def _after_failure(webhook: Webhook, delivery: Delivery, sent: Sent) -> None:
    now = timezone.now()
    Webhook.objects.filter(pk=webhook.pk, failing_since=None).update(failing_since=now)
    is_gone = sent.status == HTTPStatus.GONE
    if delivery.attempts <= len(BACK_OFF) and not is_gone:
        delivery.due_at = now + BACK_OFF[delivery.attempts - 1]
        return
    delivery.given_up_at = now
    # One message that is refused again and again says nothing against the others.
    if is_gone:
        disable(webhook, GONE)
    elif Webhook.objects.filter(pk=webhook.pk, failing_since__lte=now - A_DAY).exists():
        disable(webhook, GIVEN_UP)


def headers_of(webhook: Webhook, delivery: Delivery) -> dict[str, str]:
    """Return the header fields of a message. While a secret is being replaced, the signature of the old one is there, too."""
    now = timezone.now()
    secrets = [webhook.secret]
    if webhook.previous_secret and webhook.previous_secret_until and webhook.previous_secret_until > now:
        secrets.append(webhook.previous_secret)
    signatures = [Signer(secret).sign(str(delivery.uid), now, delivery.body) for secret in secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": "ai-model-compliance-registry",
        "webhook-id": str(delivery.uid),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
