"""Templates as they were uploaded; the active one of a purpose and a language is used."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """What a template is for."""

    LETTER = "letter", _("letters to applicants")
    BULLETIN = "register_bulletin", _("register bulletin")
    SCORECARD = "scorecard", _("scorecard")


class DocumentTemplate(models.Model):
    """A Word template. A new one takes the place of the active one of its purpose and language, which is kept."""

    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    language = models.CharField(_("language"), max_length=2, choices=[("zh", "中文"), ("en", "English")])
    filename = models.CharField(_("file name"), max_length=255)
    content = models.BinaryField(_("content"))
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("document template")
        verbose_name_plural = _("document templates")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "language"], condition=Q(is_active=True), name="one_template_of_a_purpose_is_in_use"
            )
        ]

    def __str__(self) -> str:
        return self.filename
