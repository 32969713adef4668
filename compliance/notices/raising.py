"""Raising notices: once for each person and occasion, in the transaction of what happened or from its change."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from compliance.filings import workflow
from compliance.models import Change, ChangeType, Filing, LastPosition, Letter, Notice, NoticeSettings
from compliance.notices import kinds
from compliance.notices.recipients import desk_of, filers_of, registrars, who_see
from compliance.rules.due_dates import DECISION
from registry.models import User

AT_ONCE = 50
# The row that is locked while notices are raised, so that nobody waits who gives positions.
OWN_PLACE = 2
# The daily mail is sent at eight in the morning, in Asia/Shanghai.
MORNING = time(8)
_OF_VERB = {
    workflow.RETURN.verb: kinds.RETURNED,
    workflow.ACCEPT.verb: kinds.MOVED_ON,
    workflow.FORWARD.verb: kinds.MOVED_ON,
}
_BASE_RULES = frozenset({"PRO-03", "PRO-04", "PRO-05"})
# Variants of these rules that say that a base model has lost its filing.
_NOT_IN_FORCE = frozenset({workflow.CANCELLED, workflow.REVOKED, workflow.SUSPENDED, "unlisted_ended"})
KindAndPeople = tuple[str, list[User]]


def raise_notices(
    kind: str,
    people: Iterable[User],
    filing: Filing,
    *,
    key: str,
    but: User | None = None,
    values: dict[str, Any] | None = None,
    text: str = "",
    letter: str = "",
) -> int:
    """Tell people of something about a filing, except whoever did it (`but`); nobody is told twice of the same key."""
    readers = [person for person in who_see(people, filing) if but is None or person.pk != but.pk]
    settings = {row.user_id: row for row in NoticeSettings.objects.filter(user__in=readers)}
    rows = [
        Notice(
            user=person,
            kind=kind,
            key=key_of(kind, key),
            filing=filing,
            values=_values(filing, values or {}),
            text=text,
            letter=letter,
            mail_due_at=_mail_due_at((settings.get(person.pk) or NoticeSettings()).how(kind)),
        )
        for person in readers
    ]
    return len(Notice.objects.bulk_create(rows, ignore_conflicts=True))


def key_of(kind: str, key: str) -> str:
    """Return what a notice is about, by which nobody gets it twice."""
    return f"{kind}:{key}"[:80]


def _values(filing: Filing, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "case": filing.case_number,
        "service": filing.service_name,
        "applicant": filing.applicant.name,
        "status": filing.status,
        "actor": "",
        **more,
    }


def _mail_due_at(how: str, now: datetime | None = None) -> datetime | None:
    now = now or timezone.now()
    if how == kinds.OFF:
        return None
    if how == kinds.IMMEDIATE:
        return now
    morning = timezone.make_aware(datetime.combine(timezone.localtime(now).date(), MORNING))
    return morning if morning > now else morning + timedelta(days=1)


def raise_from_changes() -> int:
    """Raise the notices of the changes that were not looked at yet. The changes have their positions."""
    raised = 0
    while (part := _raise_part()) is not None:
        raised += part
    return raised


@transaction.atomic
def _raise_part() -> int | None:
    """Raise the notices of some changes; None if there are none. The lock lets one worker do it at a time."""
    place, _is_new = LastPosition.objects.select_for_update().get_or_create(pk=OWN_PLACE)
    last = LastPosition.objects.filter(pk=1).values_list("last", flat=True).first() or 0
    if place.raised >= last:
        return None
    changes = list(
        Change.objects.filter(
            position__gt=place.raised, position__lte=last, type__in=[ChangeType.FILING, ChangeType.FLAGS]
        )
        .order_by("position")
        .select_related("event__by", "filing__applicant", "filing__assignee")[:AT_ONCE]
    )
    raised = sum(_raise(change) for change in changes)
    place.raised = (changes[-1].position or last) if len(changes) == AT_ONCE else last
    place.save(update_fields=["raised"])
    return raised


def _raise(change: Change) -> int:
    filing = change.filing
    if filing is None or filing.first_submitted_at is None:
        return 0
    if change.type == ChangeType.FLAGS:
        return _raise_of_flags(change, filing)
    event = change.event
    if event is None or event.to_status in (event.from_status, workflow.DRAFT):
        return 0
    letter = Letter.objects.filter(event=event).values_list("number", flat=True).first() or ""
    values = {"actor": event.actor, "status": event.to_status}
    # The letter says it all.
    text = "" if letter else event.reason
    return sum(
        raise_notices(kind, people, filing, key=str(event.pk), but=event.by, values=values, text=text, letter=letter)
        for kind, people in _notices_of(event.verb, event.from_status, filing)
    )


def _notices_of(verb: str, before: str, filing: Filing) -> list[KindAndPeople]:
    """Return which notices an event of a filing makes, and for whom."""
    if verb == workflow.SUBMIT.verb:
        return [(kinds.ANSWERED if before == workflow.RETURNED else kinds.RECEIVED, desk_of(filing))]
    if verb == workflow.WITHDRAW.verb:
        return [(kinds.DECIDED, desk_of(filing))] if filing.assignee_id else []
    assignee = [filing.assignee] if filing.assignee else []
    return [(_OF_VERB.get(verb, kinds.DECIDED), [*filers_of(filing), *assignee])]


def _raise_of_flags(change: Change, filing: Filing) -> int:
    """A flag was raised because the filing of a base model is not in force any more."""
    flags = [
        flag
        for flag in change.data.get("raised", ())
        if flag["rule"] in _BASE_RULES and flag["variant"].partition(":")[0] in _NOT_IN_FORCE
    ]
    if not flags:
        return 0
    key = f"{filing.pk}:{flags[0]['rule']}:{change.position}"
    return raise_notices(kinds.BASE_REVOKED, [*filers_of(filing), *desk_of(filing)], filing, key=key)


def raise_of_clock(kind: str, filing: Filing) -> int:
    """
    Tell of a deadline that is near or has passed: the authority of its own, the applicant and its reviewer of the other. Of a
    deadline that is near, filers are reminded on the days that they choose (see `raise_reminder`).
    """
    filers = filers_of(filing) if kind == kinds.OVERDUE else []
    people = [*filers, *_assignee(filing)]
    if filing.clock == DECISION:
        people = [*desk_of(filing), *(registrars() if kind == kinds.OVERDUE else [])]
    values = {"clock": filing.clock, "due_on": filing.due_on.isoformat() if filing.due_on else ""}
    return raise_notices(kind, people, filing, key=clock_key(filing), values=values)


def raise_reminder(filing: Filing, days: int) -> int:
    """Remind the filers of a deadline, so many days before it: those who chose that day."""
    filers = filers_of(filing)
    chosen = {row.user_id: row.reminder_days for row in NoticeSettings.objects.filter(user__in=filers)}
    people = [person for person in filers if days in _days_of(chosen.get(person.pk))]
    values = {"clock": filing.clock, "due_on": filing.due_on.isoformat() if filing.due_on else ""}
    return raise_notices(kinds.REMINDER, people, filing, key=reminder_key(filing, days), values=values)


def _days_of(chosen: list[int] | None) -> Collection[int]:
    return kinds.REMINDER_DAYS if chosen is None else chosen


def reminder_key(filing: Filing, days: int) -> str:
    return f"{days}:{clock_key(filing)}"


def clock_key(filing: Filing) -> str:
    return f"{filing.pk}:{filing.clock}:{filing.due_on}"


def _assignee(filing: Filing) -> list[User]:
    return [filing.assignee] if filing.assignee else []
