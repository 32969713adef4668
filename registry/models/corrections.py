"""Corrections: what a registrar corrected or merged, the reason, and whether it was undone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from registry.models.ai_models import AIModel
from registry.models.sources import Source


class CorrectionKind(models.TextChoices):
    CORRECT = "correct", _("corrected")
    MERGE = "merge", _("merged")


class Correction(models.Model):
    """A correction or merge of an AI model by a registrar."""

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    kind = models.CharField(_("action"), max_length=16, choices=CorrectionKind.choices)
    model = models.ForeignKey(AIModel, models.PROTECT, related_name="corrections", verbose_name=_("AI model"))
    into = models.ForeignKey(AIModel, models.PROTECT, null=True, related_name="merges", verbose_name=_("merged into"))
    source = models.OneToOneField(Source, models.PROTECT, null=True, related_name="correction")
    changes = models.JSONField(_("changes"), default=dict)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("performed by"))
    at = models.DateTimeField(_("time"))
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_reason = models.TextField(_("reason for undoing"), blank=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.model}"
