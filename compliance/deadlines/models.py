"""Calendars of deadlines that people subscribe to."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Organization


def new_secret() -> str:
    return secrets.token_urlsafe(24)


class CalendarFeed(models.Model):
    """
    The calendar of the deadlines of an organization, for one person, at a secret address. With another secret, the
    old address ends.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="calendar_feeds", verbose_name=_("organization")
    )
    secret = models.CharField(max_length=64, default=new_secret)
    language = models.CharField(_("language"), max_length=2, default="zh")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    read_at = models.DateTimeField(_("last read at"), null=True)

    class Meta:
        verbose_name = _("calendar of deadlines")
        verbose_name_plural = _("calendars of deadlines")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization"], name="a_person_has_one_calendar_of_an_organization"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organization}"
