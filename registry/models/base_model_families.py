"""Families of base models that a registry added to the table shipped with the product."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AddedFamily(models.Model):
    """A family that was imported: its file as checked, in the form of the compiled table."""

    name = models.CharField(_("family"), max_length=200, unique=True)
    document = models.JSONField(_("content"))
    added_at = models.DateTimeField(_("added at"), auto_now=True)

    class Meta:
        verbose_name = _("added family of base models")
        verbose_name_plural = _("added families of base models")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
