"""API tokens. Only a hash of each token is stored."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.people import User, is_mandate_in_force


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def by_token(self, token: str) -> ApiToken | None:
        """Return the token that hashes to this text, with its active user and the user's roles. One query."""
        of_token = self.filter(digest=digest_of(token), user__is_active=True)
        rows = list(of_token.values_list("pk", *_OF_USER, *_OF_ROLES, *_OF_MEMBERSHIPS))
        return _with_user(rows) if rows else None


# In the order of the table, as `from_db` takes them.
_USER = ("id", "is_superuser", "username", "is_staff", "is_active")
_OF_USER = tuple(f"user__{name}" for name in _USER)
_OF_ROLES = ("user__staff_roles__role", "user__staff_roles__provinces")
_MEMBERSHIP = ("organization_id", "role", "mandate_from", "mandate_until")
_OF_MEMBERSHIPS = tuple(f"user__memberships__{name}" for name in _MEMBERSHIP)


def _with_user(rows: list[tuple[Any, ...]]) -> ApiToken:
    """Build a token with its user from the rows of a join: each staff role with each membership."""
    key, *values = rows[0]
    user = User.from_db(DEFAULT_DB_ALIAS, _USER, values[: len(_USER)])
    first = 1 + len(_USER)
    today = timezone.localdate()
    user.remember_roles(
        {row[first]: row[first + 1] for row in rows if row[first]},
        {
            organization: role
            for organization, role, since, until in (row[first + 2 :] for row in rows)
            if organization and is_mandate_in_force(since, until, today)
        },
    )
    token = ApiToken.from_db(DEFAULT_DB_ALIAS, ("id", "user_id"), (key, user.pk))
    token.user = user
    return token


class ApiToken(models.Model):
    """An API token of a user. It has 256 random bits, so a single round of SHA-256 is enough."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", verbose_name=_("user")
    )
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True, editable=False)
    beginning = models.CharField(_("first characters"), max_length=8, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.beginning}…"


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
