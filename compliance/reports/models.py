"""Report runs: the stored copy of a report for one period, written once, in parts; and its counted figures."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class RunState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    WRITING = "writing", _("being written")
    WRITTEN = "written", _("written")
    FAILED = "failed", _("failed")
    DELETED = "deleted", _("deleted")


class ReportRunQuerySet(models.QuerySet["ReportRun"]):
    def scheduled(self) -> ReportRunQuerySet:
        return self.filter(asked_by__isnull=True)

    def unfinished(self) -> ReportRunQuerySet:
        return self.filter(state__in=[RunState.WAITING, RunState.WRITING])


class ReportRun(models.Model):
    """
    One report for a period that includes its first moment and excludes its last. Scheduled runs have no `asked_by`.

    Its rows are kept with machine codes (see ReportPart); pages and files add the labels. `sha256` is of the report, its
    period, its parameters and its rows. A worker that writes a run holds it until `leased_until`, under its `lease`.
    """

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    report = models.CharField(_("report"), max_length=64)
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    # The parameters as canonical text, for the constraint.
    parameters_key = models.CharField(max_length=200, blank=True, editable=False)
    begins_at = models.DateTimeField(_("period start"))
    ends_at = models.DateTimeField(_("period end"))
    state = models.CharField(_("state"), max_length=8, choices=RunState.choices, default=RunState.WAITING)
    asked_at = models.DateTimeField(_("requested at"), default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("requested by")
    )
    written_at = models.DateTimeField(_("generated at"), null=True)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease = models.UUIDField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    error = models.CharField(_("error"), max_length=500, blank=True)

    objects = ReportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-ends_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "parameters_key", "begins_at", "ends_at"],
                condition=Q(asked_by__isnull=True),
                name="a_period_is_reported_once",
            ),
            models.CheckConstraint(condition=Q(begins_at__lt=F("ends_at")), name="a_period_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(state="written") | Q(written_at__isnull=False), name="a_written_report_has_its_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state__in=["waiting", "writing"]), name="reports_to_write"),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.ends_at:%Y-%m-%d}"


class ReportPart(models.Model):
    """Some rows of a report run: JSON, a row on each line, compressed (zlib)."""

    run = models.ForeignKey(ReportRun, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        verbose_name = _("part of a report")
        verbose_name_plural = _("parts of reports")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="a_part_of_a_report_is_kept_once")]

    def __str__(self) -> str:
        return str(self.number)


class ReportFigures(models.Model):
    """
    The figures of a report run, and those of the period before, for what a reader may see. They are counted when somebody
    first asks for them; a run does not change.
    """

    run = models.ForeignKey(ReportRun, models.CASCADE, related_name="figures")
    sight = models.CharField(max_length=64, blank=True)
    content = models.JSONField()

    class Meta:
        verbose_name = _("figures of a report")
        verbose_name_plural = _("figures of reports")
        constraints = [models.UniqueConstraint(fields=["run", "sight"], name="figures_are_kept_once_for_a_sight")]

    def __str__(self) -> str:
        return self.sight
