"""
What is kept about people besides the record of filings, by kind, and how long: each kind says which of its rows are old.

The record itself (filings, revisions, events, letters, documents, the log of changes) is kept: it is what the registry is for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from compliance.filings.workflow import ENDED
from compliance.models import Mail, Notice
from registry.models import AccessRecord, Invitation, SignInDevice


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of data: what it is, and its rows that were last needed before a moment."""

    name: str
    title: str
    old: Callable[[datetime], QuerySet[Any]]


def _ended_invitations(before: datetime) -> QuerySet[Invitation]:
    ended = Q(accepted_at__lt=before) | Q(withdrawn_at__lt=before) | Q(ends_at__lt=before)
    return Invitation.objects.filter(ended, invited_at__lt=before)


def _needless_mails(before: datetime) -> QuerySet[Mail]:
    """A notice without its mail would be mailed again; a report would be sent again."""
    ended = Q(sent_at__lt=before) | Q(given_up_at__lt=before)
    return Mail.objects.filter(ended, notices__isnull=True, sending__isnull=True)


def _needless_notices(before: datetime) -> QuerySet[Notice]:
    """Of a case that goes on, people would be told again; what waits for its mail is needed."""
    needless = Q(mail_due_at__isnull=True) | Q(mail__sent_at__isnull=False) | Q(mail__given_up_at__isnull=False)
    return Notice.objects.filter(needless, at__lt=before, filing__status__in=ENDED)


# In this order: a mail is old when its notices are gone.
KINDS: tuple[Kind, ...] = (
    Kind("accesses", "accesses of the staff to personal data", lambda b: AccessRecord.objects.filter(last_at__lt=b)),
    Kind("devices", "browsers in which people signed in", lambda b: SignInDevice.objects.filter(last_used_at__lt=b)),
    Kind("sessions", "sessions that have ended", lambda b: Session.objects.filter(expire_date__lt=b)),
    Kind("addresses", "addresses of sessions", lambda b: UserSession.objects.filter(last_seen_at__lt=b)),
    Kind("invitations", "invitations that were accepted, withdrawn or have ended", _ended_invitations),
    Kind("notices", "notices on cases that have ended", _needless_notices),
    Kind("mails", "mails that were sent", _needless_mails),
)
BY_NAME: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in KINDS})


# A waiver that ends is a matter of three days, in which its notice is needed.
LEAST = 4


class RetentionRefused(ValueError):
    """The setting RETENTION names an unknown kind, or no number of days."""


def days_of(setting: Mapping[str, str]) -> dict[str, int]:
    """Return the days for which kinds are kept, as the setting says. Raises RetentionRefused."""
    unknown = sorted(set(setting) - set(BY_NAME))
    if unknown:
        raise RetentionRefused(f"RETENTION: unknown kind {', '.join(unknown)}; known are {', '.join(BY_NAME)}.")
    wrong = [
        name
        for name, days in setting.items()
        if not (days.isascii() and days.isdigit() and LEAST <= int(days) < 36_500)
    ]
    if wrong:
        raise RetentionRefused(
            f"RETENTION: {', '.join(wrong)} needs a number of days, at least {LEAST}, such as {wrong[0]}=400."
        )
    return {kind.name: int(setting[kind.name]) for kind in KINDS if kind.name in setting}
