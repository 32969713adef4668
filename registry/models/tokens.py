"""API tokens. Only a hash of each token is stored."""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def by_token(self, token: str) -> ApiToken | None:
        """Return the row of a token of an active user, or None."""
        return self.select_related("user").filter(digest=digest_of(token), user__is_active=True).first()


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
