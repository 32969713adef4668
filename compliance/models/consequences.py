"""What a change of the register means for filings, kept until they are marked due: nothing is lost with a worker."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Consequence(models.Model):
    """Official numbers and AI models, by key, that have changed; the filings that hang on them are still to be marked due."""

    numbers = models.JSONField(default=list)
    ai_models = models.JSONField(default=list)
    reaches_drafts = models.BooleanField(default=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("consequence")
        verbose_name_plural = _("consequences")

    def __str__(self) -> str:
        return f"{len(self.numbers)} / {len(self.ai_models)}"
