"""Bulk imports: a file of dossiers, the parts in which workers take it, and a result for each dossier."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from compliance.filings.models import Filing


class ImportState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    FINISHED = "finished", _("finished")
    REFUSED = "refused", _("refused")


class ImportOutcome(models.TextChoices):
    OPENED = "opened", _("opened")
    KNOWN = "known", _("already exists")
    REFUSED = "refused", _("refused")


class ImportRun(models.Model):
    """One bulk import. `kept_as` is the file as it was sent; it is deleted when the import has ended."""

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("performed by"))
    is_archive = models.BooleanField(default=False)
    kept_as = models.FileField(blank=True)
    size = models.BigIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    dry_run = models.BooleanField(_("dry run"), default=False)
    submit = models.BooleanField(_("submit"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices, default=ImportState.WAITING)
    # Why the file was refused as a whole.
    refusal = models.CharField(max_length=40, blank=True)
    refusal_values = models.JSONField(default=dict)
    total = models.PositiveIntegerField(_("dossiers"), default=0)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="an_import_has_a_known_state")
        ]

    def __str__(self) -> str:
        return str(self.uid)


class ImportPart(models.Model):
    """Some dossiers of an import that one worker takes at a time: from index `first` up to, but without, `end`."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="parts")
    first = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    # Where the first of them begins in a file of lines.
    offset = models.BigIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "first"], name="a_dossier_is_in_one_part")]
        indexes = [models.Index(fields=["run"], condition=Q(done_at__isnull=True), name="parts_to_do")]

    def __str__(self) -> str:
        return f"{self.first}–{self.end}"


class ImportResult(models.Model):
    """What came of one dossier. It is written in the transaction of its filing, so that no dossier is taken twice."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="results")
    index = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("file name"), max_length=255, blank=True)
    outcome = models.CharField(_("result"), max_length=10, choices=ImportOutcome.choices)
    filing = models.ForeignKey(Filing, models.PROTECT, null=True, related_name="+", verbose_name=_("filing"))
    uploaded = models.PositiveIntegerField(_("documents"), default=0)
    missing = models.JSONField(_("missing documents"), default=list)
    # Each with its pointer, its code, and its message by language.
    errors = models.JSONField(_("errors"), default=list)

    class Meta:
        ordering = ["run", "index"]
        constraints = [models.UniqueConstraint(fields=["run", "index"], name="a_dossier_has_one_result")]

    def __str__(self) -> str:
        return f"{self.index} {self.outcome}"
