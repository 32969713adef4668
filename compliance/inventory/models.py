"""Services that an organization keeps in its list without a filing."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from registry.models import Organization


class KeptService(models.Model):
    """
    A service without a filing: what it does as far as the duties depend on it, and why it needs no filing, if so.

    `facts` holds the fields of `service` of a dossier on which the route depends, and on what it runs (see
    compliance.inventory.services). `reason` is what the organization says about it.
    """

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="kept_services", verbose_name=_("organization")
    )
    name = models.CharField(_("name of the service"), max_length=200)
    facts = models.JSONField(_("particulars"), default=dict)
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("time"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by"))

    class Meta:
        verbose_name = _("service without a filing")
        verbose_name_plural = _("services without a filing")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name
