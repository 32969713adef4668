"""API tokens: creating, replacing, revoking, and remembering their use."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from registry.models import ApiToken, Membership, MembershipRole, Organization, User
from registry.models.tokens import Scope, digest_of, in_a_year, new_token

# How exactly the last use of a token is known: a write for each request would cost more than it tells.
LAST_USE_WITHIN = timedelta(minutes=10)
# One for each system that a person runs, and some more.
MOST_TOKENS = 100
LONGEST_VALIDITY, LONGEST_OVERLAP = timedelta(days=5 * 366), timedelta(days=30)
logger = logging.getLogger("registry.tokens")


def create_token(
    user: User, *, name: str = "", scopes: Collection[str] | None = None, expires_at: datetime | None = None
) -> str:
    """Create an API token for a user and return its text, which is not stored and cannot be shown again."""
    return make_token(user, name=name, scopes=scopes, expires_at=expires_at)[1]


def make_token(
    user: User, *, name: str = "", scopes: Collection[str] | None = None, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """
    Create an API token and return it with its text. By default, it has all scopes and expires in a year. Raises TokenRefused.
    """
    if has_too_many_tokens(user):
        raise TokenRefused("too_many_tokens")
    text = new_token()
    token = ApiToken.objects.create(
        user=user,
        name=name.strip(),
        digest=digest_of(text),
        beginning=text[:8],
        scopes=[scope for scope in Scope.values if scopes is None or scope in scopes],
        expires_at=expires_at or in_a_year(),
    )
    logger.info("Token %s of %s was created.", token.beginning, user.username)
    return token, text


@transaction.atomic
def service_account_of(organization: Organization) -> User:
    """Return the service account of an organization, which files for it and cannot sign in. It is made when it is needed."""
    account, is_new = User.objects.get_or_create(
        username=service_name_of(organization),
        defaults={"first_name": organization.name[:150], "is_service_account": True},
    )
    if is_new:
        account.set_unusable_password()
        account.save(update_fields=["password"])
        Membership.objects.create(user=account, organization=organization, role=MembershipRole.FILER)
    return account


def has_too_many_tokens(user: User | None) -> bool:
    return user is not None and ApiToken.objects.in_force().filter(user=user).count() >= MOST_TOKENS


def service_name_of(organization: Organization) -> str:
    """Return the name of the service account of an organization."""
    return f"service-{organization.uscc}"


class TokenRefused(Exception):
    """A token is not made or replaced; `code`: token_ended, too_many_tokens."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def rotate_token(token: ApiToken, *, overlap: timedelta) -> tuple[ApiToken, str]:
    """
    Replace a token by a new one with the same name, scopes and length of life. The old one works for the time of the overlap.

    Raises TokenRefused for a token that is revoked, expired or replaced already.
    """
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if not token.is_in_force or token.replaced_by_id:
        raise TokenRefused("token_ended")
    now = timezone.now()
    life = token.expires_at - token.created_at
    new, text = make_token(token.user, name=token.name, scopes=token.scopes, expires_at=now + life)
    token.replaced_by = new
    token.expires_at = min(token.expires_at, max(now + overlap, token.created_at + timedelta(seconds=1)))
    token.save(update_fields=["replaced_by", "expires_at"])
    return new, text


@transaction.atomic
def revoke_token(token: ApiToken) -> None:
    """Revoke a token, from now on."""
    row = ApiToken.objects.select_for_update().filter(pk=token.pk, revoked_at__isnull=True).first()
    if row is not None:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
    logger.info("Token %s was revoked.", token.beginning)


def remember_use(token: ApiToken) -> None:
    """Remember that a token is being used. A busy database may make it forget: nobody waits for this."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > LAST_USE_WITHIN:
        with contextlib.suppress(DatabaseError):
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
