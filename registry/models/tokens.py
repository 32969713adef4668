"""API tokens. Only a hash of each token is stored."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from registry.models.people import User, is_mandate_in_force

VALIDITY = datetime.timedelta(days=365)


class Scope(models.TextChoices):
    """What a token may be used for. The roles of its user limit it further."""

    READ = "read", _("read")
    FILE = "file", _("file for applicants")
    REVIEW = "review", _("review")
    REGISTER = "register", _("register")


def all_scopes() -> list[str]:
    return list(Scope.values)


def in_a_year() -> datetime.datetime:
    return timezone.now() + VALIDITY


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def in_force(self) -> ApiTokenQuerySet:
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())

    def by_token(self, token: str) -> ApiToken | None:
        """Return the token in force that hashes to this text, with its active user and the user's roles. One query."""
        rows = list(_with_their_users().in_force().filter(digest=digest_of(token), user__is_active=True))
        return _with_user(rows) if rows else None


# In the order of the table, as `from_db` takes them.
_OF_TOKEN = ("id", "user_id", "beginning", "scopes", "last_used_at")
_USER = ("id", "is_superuser", "username", "is_staff", "is_active")
_OF_USER = tuple(f"user__{name}" for name in _USER)
_OF_ROLES = ("user__staff_roles__role", "user__staff_roles__provinces")
_MEMBERSHIP = ("organization_id", "role", "mandate_from", "mandate_until")
_OF_MEMBERSHIPS = tuple(f"user__memberships__{name}" for name in _MEMBERSHIP)


@cache
def _with_their_users() -> ApiTokenQuerySet:
    """The tokens joined with their users, never read itself: only a request that knows a token filters it."""
    columns = (*_OF_TOKEN, *_OF_USER, *_OF_ROLES, *_OF_MEMBERSHIPS)
    return ApiToken.objects.order_by().values_list(*columns)  # type: ignore[return-value]


def _with_user(rows: list[tuple[Any, ...]]) -> ApiToken:
    """Build a token with its user from the rows of a join: each staff role with each membership."""
    values = rows[0]
    first = len(_OF_TOKEN) + len(_USER)
    user = User.from_db(DEFAULT_DB_ALIAS, _USER, values[len(_OF_TOKEN) : first])
    today = timezone.localdate()
    user.remember_roles(
        {row[first]: row[first + 1] for row in rows if row[first]},
        {
            organization: role
            for organization, role, since, until in (row[first + 2 :] for row in rows)
            if organization and is_mandate_in_force(since, until, today)
        },
    )
    token = ApiToken.from_db(DEFAULT_DB_ALIAS, _OF_TOKEN, values[: len(_OF_TOKEN)])
    token.user = user
    return token


class ApiToken(models.Model):
    """An API token of a user. It has 256 random bits, so a single round of SHA-256 is enough."""

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True, editable=False)
    beginning = models.CharField(_("first characters"), max_length=8, editable=False)
    scopes = models.JSONField(_("scopes"), default=all_scopes)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires at"), default=in_a_year)
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)
    # The token that took the place of this one, which works until it expires.
    replaced_by = models.OneToOneField(
        "self", models.SET_NULL, null=True, editable=False, related_name="replaces", verbose_name=_("replaced by")
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="a_token_expires_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.beginning}…".strip()

    @property
    def is_in_force(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
