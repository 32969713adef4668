"""What the registry holds on a person: the account with what hangs on it, and where the person is named in filings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import DateField, Q, QuerySet

from compliance.models import Event, Mail, Notice, Revision, WorkingCopy
from registry.models import (
    AccessRecord,
    ApiToken,
    AuditEvent,
    Invitation,
    Membership,
    MembershipEvent,
    SignInDevice,
    User,
)


@dataclass(frozen=True, slots=True)
class Named:
    """By what a person is looked for in filings; blank values are not looked for."""

    name: str = ""
    email: str = ""
    phone: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(text for text in (self.name, self.email, self.phone) if text)


def held_on(user: User | None, named: Named) -> dict[str, Any]:
    """Return everything on a person as JSON has it; `filings` are those in which one of the texts is a value."""
    invited = Invitation.objects.filter(email__iexact=named.email) if named.email else Invitation.objects.none()
    return {
        "account": _account(user) if user else None,
        "invitations": list(invited.values("organization__name", "role", "invited_at", "accepted_at")),
        "membership_events": list(_membership_events(user, named)),
        "filings": list(_mentions(named)),
    }


def _membership_events(user: User | None, named: Named) -> QuerySet[MembershipEvent, dict[str, Any]]:
    """The history of organizations names people by their account, or by the address to which they were invited."""
    called = Q(pk__in=())
    for name in (user.username if user else "", named.email):
        called |= Q(person__iexact=name) if name else Q(pk__in=())
    return MembershipEvent.objects.filter(called).values("organization__name", "verb", "person", "at")


def _account(user: User) -> dict[str, Any]:
    return {
        "username": user.username,
        "name": user.get_full_name(),
        "email": user.email,
        "joined": user.date_joined,
        "last_sign_in": user.last_login,
        "is_active": user.is_active,
        "roles": user.roles,
        "memberships": list(
            Membership.objects.filter(user=user).values("organization__name", "role", "mandate", "mandate_from")
        ),
        "second_factors": list(Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")),
        "tokens": list(ApiToken.objects.filter(user=user).values("name", "created_at", "expires_at")),
        "devices": list(SignInDevice.objects.filter(user=user).values("browser", "address", "last_used_at")),
        "sessions": list(UserSession.objects.filter(user=user).values("ip", "user_agent", "last_seen_at")),
        "actions": list(Event.objects.filter(by=user).values("filing__case_number", "verb", "at")),
        "changes_of_the_register": list(AuditEvent.objects.filter(actor=user.username).values("kind", "label", "at")),
        "accesses": list(AccessRecord.objects.filter(user=user).values("kind", "label", "day", "times")),
        "notices": list(Notice.objects.filter(user=user).values("kind", "filing__case_number", "text", "at")),
        "mails": list(Mail.objects.filter(user=user).values("made_at", "sent_at")),
        "rows": dict(_rows_of(user)),
    }


def _rows_of(user: User) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the rows of every table that point to a person: what each is called, and its times."""
    for relation in User._meta.get_fields(include_hidden=True):
        if relation.concrete or not relation.auto_created:
            continue
        model, column = relation.related_model, relation.field.name
        times = [field.name for field in model._meta.concrete_fields if isinstance(field, DateField)]
        rows = model._base_manager.filter(**{column: user}).order_by("pk")
        yield (
            f"{model._meta.label}.{column}",
            [{"what": str(row), **{name: getattr(row, name) for name in times}} for row in rows],
        )


def _mentions(named: Named) -> Iterator[dict[str, Any]]:
    """Yield where a text is a value of a submitted dossier or of a draft."""
    for text in named.texts:
        # As JSON has it, so that a text with a quotation mark is found, too.
        written = json.dumps(text, ensure_ascii=False)[1:-1]
        for row in (
            Revision.objects.filter(content__icontains=written).select_related("filing").order_by("pk").iterator()
        ):
            yield from _places(row.content, text, {"case": row.filing.case_number, "revision": row.number})
        for copy in WorkingCopy.objects.filter(content__icontains=written).select_related("filing").iterator():
            yield from _places(copy.content, text, {"case": copy.filing.case_number, "revision": None})


def _places(content: str, text: str, of: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return ({**of, "at": at, "value": value} for at, value in _values(json.loads(content)) if _is(value, text))


def _is(value: Any, text: str) -> bool:
    """Whether a value is a text; addresses of mail are the same in capitals."""
    return isinstance(value, str) and (value.casefold() == text.casefold() if "@" in text else value == text)


def _values(node: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value of a document with its JSON Pointer."""
    if isinstance(node, dict):
        for name, each in node.items():
            yield from _values(each, f"{at}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(node, list):
        for place, each in enumerate(node):
            yield from _values(each, f"{at}/{place}")
    else:
        yield at, node
