"""Making messages to webhooks out of changes: for each webhook those that it asked for and that it may know of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from compliance.filings import workflow
from compliance.models import Filing
from compliance.notices.models import Change, ChangeType, Delivery, LastPosition, Webhook, WebhookEvent
from compliance.notices.ordering import give_positions
from registry.models import Role

AT_ONCE = 500
READERS = (Role.REVIEWER, Role.REGISTRAR, Role.AUDITOR)
# Whose filings an import opened, by their keys. Not told to anybody.
APPLICANTS = "_applicants"
OWNER_LEFT = gettext_noop("Its owner does not file for the organization any more. Enable it again to take it over.")
_NUMBERED = frozenset({workflow.DECIDE.verb, workflow.RECORD_DECISION.verb})
_OF_TYPE = {
    ChangeType.FLAGS: WebhookEvent.FLAGS,
    ChangeType.REPORT: WebhookEvent.REPORT,
    ChangeType.IMPORT: WebhookEvent.IMPORT,
}


def last_change() -> int:
    """Return the key of the last change; 0 if there is none."""
    return Change.objects.order_by("-id").values_list("id", flat=True).first() or 0


def make_messages() -> int:
    """Make the messages of the changes that were not looked at yet, and return how many messages they are."""
    give_positions()
    made = 0
    while (part := _make_part()) is not None:
        made += part
    return made


@transaction.atomic
def _make_part() -> int | None:
    """Make the messages of some changes; None if there are none. The lock lets one worker do it at a time."""
    place = LastPosition.objects.select_for_update().filter(pk=1).first()
    if place is None or place.notified >= place.last:
        return None
    changes = list(
        Change.objects.filter(position__gt=place.notified)
        .order_by("position")
        .select_related("event", "filing__applicant", "filing__official_number")
        .defer("filing__search_text", "filing__search_grams")[:AT_ONCE]
    )
    webhooks = [
        webhook for webhook in Webhook.objects.filter(is_enabled=True).select_related("owner") if _is_owned(webhook)
    ]
    messages = [message for webhook in webhooks for message in _messages(webhook, changes)]
    Delivery.objects.bulk_create(messages, ignore_conflicts=True)
    place.notified = changes[-1].position if changes else place.last
    place.save(update_fields=["notified"])
    return len(messages)


def _messages(webhook: Webhook, changes: Sequence[Change]) -> Iterator[Delivery]:
    visible = _visible_filings(webhook, {change.filing_id for change in changes if change.filing_id})
    for change in changes:
        if _may_know(webhook, change, visible):
            for event in events_of(change):
                if event in webhook.events:
                    yield Delivery(
                        webhook=webhook,
                        change=change,
                        filing_id=change.filing_id,
                        event=event,
                        body=body_of(event, change),
                    )


def _is_owned(webhook: Webhook) -> bool:
    """Whether the owner may still have the webhook. That of a former filer is disabled, until another filer enables it."""
    if webhook.organization_id is None or webhook.organization_id in webhook.owner.filer_organizations:
        return True
    disable(webhook, OWNER_LEFT)
    return False


def disable(webhook: Webhook, reason: str) -> None:
    """Disable a webhook, and say why."""
    changes = {"is_enabled": False, "disabled_reason": reason, "changed_at": timezone.now()}
    Webhook.objects.filter(pk=webhook.pk).update(**changes)


def _visible_filings(webhook: Webhook, filings: set[int]) -> set[int]:
    """Return the filings that a webhook is told of: those of its organization, or those that its owner sees now."""
    rows = Filing.objects.filter(pk__in=filings)
    if webhook.organization_id:
        return set(rows.filter(applicant=webhook.organization_id).values_list("pk", flat=True))
    return set(rows.visible_to(webhook.owner).values_list("pk", flat=True))


def _may_know(webhook: Webhook, change: Change, visible: set[int]) -> bool:
    if change.filing_id:
        return change.filing_id in visible
    if change.type == ChangeType.IMPORT:
        return (
            change.user_id == webhook.owner_id if webhook.organization_id is None else _is_own_import(webhook, change)
        )
    return webhook.organization_id is None and webhook.owner.has_role(*READERS)


def _is_own_import(webhook: Webhook, change: Change) -> bool:
    """Whether all filings of an import are of the organization: an agent imports for others as well."""
    return bool(change.data.get(APPLICANTS) == [webhook.organization_id])


def events_of(change: Change) -> list[WebhookEvent]:
    """Return what a change means to a webhook."""
    if change.event is None:
        # An event that somebody removed by hand has nothing to tell.
        return [_OF_TYPE[ChangeType(change.type)]] if change.type in _OF_TYPE else []
    event = change.event
    if event.from_status == event.to_status:
        return [WebhookEvent.EVENT]
    is_numbered = event.verb in _NUMBERED and event.to_status == workflow.FILED
    return [WebhookEvent.STATUS, *([WebhookEvent.NUMBER] if is_numbered else [])]


def body_of(event: WebhookEvent, change: Change) -> str:
    """Return the content of a message, as Standard Webhooks has it: type, timestamp, data."""
    content = {"type": str(event), "timestamp": timezone.localtime(change.at).isoformat(), "data": data_of(change)}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def data_of(change: Change) -> dict[str, Any]:
    """Return what is told of a change. The values of the dossier are not: who may read them asks for them."""
    shown = {name: value for name, value in change.data.items() if name != APPLICANTS}
    return {"position": change.position, **_of_filing(change.filing), **_of_event(change), **shown}


def _of_filing(filing: Filing | None) -> dict[str, Any]:
    if filing is None:
        return {}
    number = filing.official_number.number if filing.official_number else None
    return {
        "filing": str(filing.uid),
        "case_number": filing.case_number,
        "reference": filing.reference or None,
        "applicant": filing.applicant.uscc,
        "status": filing.status,
        "official_number": number,
    }


def _of_event(change: Change) -> dict[str, Any]:
    event = change.event
    if event is None:
        return {}
    return {
        "verb": event.verb,
        "from_status": event.from_status,
        "to_status": event.to_status,
        "event_number": event.number,
        "hash": event.hash,
    }
