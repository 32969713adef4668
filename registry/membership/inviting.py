"""Inviting people into an organization: the link of an invitation is signed, ends, and is used once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.membership.refusals import MembershipRefused
from registry.models import Invitation, Membership, MembershipEvent, MembershipRole, MembershipVerb, Organization, User

VALID_FOR = timedelta(days=7)
MOST_OPEN = 200
# Nobody is mailed again and again.
AGAIN_AFTER = timedelta(minutes=10)
_SALT = "registry.invitation"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a member may do, and the mandate of an agent such as a law firm: the columns of an invitation and a membership."""

    role: str
    is_administrator: bool = False
    mandate: str = ""
    mandate_from: date | None = None
    mandate_until: date | None = None

    @property
    def as_json(self) -> dict[str, Any]:
        days = {"mandate_from": self.mandate_from, "mandate_until": self.mandate_until}
        given = {name: day.isoformat() for name, day in days.items() if day}
        mandate = {"mandate": self.mandate} if self.mandate else {}
        return {"role": self.role, "administrator": self.is_administrator, **mandate, **given}


def refuse_terms(terms: Terms) -> None:
    """Raise MembershipRefused for an unknown role, or a mandate that does not fit together."""
    if terms.role not in MembershipRole.values:
        raise MembershipRefused("unknown_role", "role")
    if len(terms.mandate) > 200:
        raise MembershipRefused("mandate_too_long", "mandate", limit=200)
    if terms.mandate_from and terms.mandate_until and terms.mandate_from > terms.mandate_until:
        raise MembershipRefused("mandate_ends_first", "mandate_until")
    if (terms.mandate_from or terms.mandate_until) and not terms.mandate:
        raise MembershipRefused("mandate_without_document", "mandate")


def refuse_unless_administrator(organization: Organization, by: User) -> None:
    rows = Membership.objects.of(by).in_force().filter(organization=organization, is_administrator=True)
    if not rows.exists():
        raise MembershipRefused("not_an_administrator")


@transaction.atomic
def invite(organization: Organization, email: str, terms: Terms, *, by: User, language: str) -> Invitation:
    """
    Invite a person by mail. An open invitation of the same address is replaced. Raises MembershipRefused.
    """
    refuse_unless_administrator(organization, by)
    refuse_terms(terms)
    email = _address(email)
    if Membership.objects.filter(organization=organization, user__email__iexact=email).exists():
        raise MembershipRefused("is_a_member", "email")
    every = Invitation.objects.filter(organization=organization)
    if every.filter(email=email, invited_at__gt=timezone.now() - AGAIN_AFTER).exists():
        raise MembershipRefused("invited_just_now", "email")
    unused = every.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)
    unused.filter(email=email).update(withdrawn_at=timezone.now())
    if unused.open().count() >= MOST_OPEN:
        raise MembershipRefused("too_many", limit=MOST_OPEN)
    now = timezone.now()
    try:
        with transaction.atomic():
            made = Invitation.objects.create(
                organization=organization,
                email=email,
                **asdict(terms),
                language=language,
                invited_by=by,
                invited_at=now,
                ends_at=now + VALID_FOR,
            )
    except IntegrityError as error:
        raise MembershipRefused("invited_meanwhile", "email") from error
    record(organization, MembershipVerb.INVITED, email, by=by, data=terms.as_json)
    return made


def _address(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise MembershipRefused("bad_address", "email") from error
    return email


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User) -> None:
    """Withdraw an invitation that was not accepted yet: its link ends."""
    refuse_unless_administrator(invitation.organization, by)
    changed = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True)
    if changed.update(withdrawn_at=timezone.now()):
        record(invitation.organization, MembershipVerb.WITHDRAWN, invitation.email, by=by)


def link_text(invitation: Invitation) -> str:
    """Return the text in the link of an invitation, by which only its mail lets somebody in."""
    return signing.Signer(salt=_SALT).sign(invitation.uid.hex)


def invitation_of(text: str) -> Invitation | None:
    """Return the open invitation of a link; None if the link is not genuine, has ended or was used."""
    try:
        uid = signing.Signer(salt=_SALT).unsign(text)
    except signing.BadSignature:
        return None
    return Invitation.objects.open().filter(uid=uid).select_related("organization", "invited_by").first()


@transaction.atomic
def accept(invitation: Invitation, *, by: User) -> Membership:
    """Make a person a member on the terms of an invitation, which is used up. Raises MembershipRefused."""
    locked = Invitation.objects.open().select_for_update().filter(pk=invitation.pk).first()
    if locked is None:
        raise MembershipRefused("invitation_ended")
    terms = terms_of(locked)
    membership, is_new = Membership.objects.get_or_create(
        user=by,
        organization_id=locked.organization_id,
        defaults=asdict(terms),
    )
    if not is_new:
        raise MembershipRefused("is_a_member")
    locked.accepted_at, locked.accepted_by = timezone.now(), by
    locked.save(update_fields=["accepted_at", "accepted_by"])
    record(locked.organization, MembershipVerb.JOINED, by.username, by=by, data=terms.as_json)
    return membership


def terms_of(row: Invitation | Membership) -> Terms:
    return Terms(row.role, row.is_administrator, row.mandate, row.mandate_from, row.mandate_until)


@transaction.atomic
def make_account(invitation: Invitation, *, username: str, name: str, password: str) -> User:
    """
    Make an account for somebody invited, with the address to which the invitation went, and accept it. Raises
    MembershipRefused, with the messages of the password rules as the value `messages`.
    """
    user = User(username=username.strip(), email=invitation.email, first_name=name.strip()[:150])
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise MembershipRefused("bad_username", "username") from error
    if User.objects.filter(username__iexact=user.username).exists():
        raise MembershipRefused("username_taken", "username")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise MembershipRefused("bad_password", "password", messages=error.messages) from error
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise MembershipRefused("username_taken", "username") from error
    accept(invitation, by=user)
    return user


def record(organization: Organization, verb: str, person: str, *, by: User, data: dict[str, Any] | None = None) -> None:
    """Add a line to the history of the members of an organization."""
    MembershipEvent.objects.create(organization=organization, verb=verb, person=person, by=by, data=data or {})
