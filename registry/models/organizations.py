"""Organizations: the legal persons that file."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from registry import uscc


def validate_uscc(code: str) -> None:
    """Refuse what is no unified social credit code."""
    if not uscc.is_valid(code):
        raise ValidationError(
            _("This is no unified social credit code, or its check digit does not fit. Copy it from the license.")
        )


class Organization(models.Model):
    """A legal person, known by its unified social credit code."""

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    uscc = models.CharField(_("unified social credit code"), max_length=18, unique=True, validators=[validate_uscc])
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name
