"""Report runs: the stored copy of a report for one period, written once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class ReportRun(models.Model):
    """
    One report for a period that includes its first moment and excludes its last. Scheduled runs have no `asked_by`.
    `content` is the rows as JSON, with machine codes; the page and the downloads add the labels.
    """

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    report = models.CharField(_("report"), max_length=64)
    begins_at = models.DateTimeField(_("period start"))
    ends_at = models.DateTimeField(_("period end"))
    written_at = models.DateTimeField(_("generated at"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("requested by")
    )
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    content = models.TextField(_("content"))

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-ends_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "begins_at", "ends_at"],
                condition=Q(asked_by__isnull=True),
                name="a_period_is_reported_once",
            ),
            models.CheckConstraint(condition=Q(begins_at__lt=F("ends_at")), name="a_period_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.ends_at:%Y-%m-%d}"
