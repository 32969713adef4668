"""Flags: what the rules found, raised once and resolved when the cause goes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from compliance.dossier.pointer import Pointer
from compliance.models.filings import Filing
from compliance.querysets import FlagQuerySet
from compliance.rules.catalog import Level as RuleLevel
from compliance.rules.problems import Finding


class Level(models.TextChoices):
    ERROR = RuleLevel.ERROR, _("error")
    WARNING = RuleLevel.WARNING, _("warning")
    INFO = RuleLevel.INFO, _("info")


class Flag(models.Model):
    """A finding that stands against a filing, or once stood. Code and values are stored; the text is made on reading."""

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="flags", verbose_name=_("filing"))
    rule = models.CharField(_("rule"), max_length=16)
    level = models.CharField(_("level"), max_length=8, choices=Level.choices)
    variant = models.CharField(_("variant"), max_length=128)
    at = models.TextField(_("place"), blank=True)
    values = models.JSONField(_("values"), default=dict)
    raised_at = models.DateTimeField(_("raised at"))
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "rule", "at", "variant"],
                condition=Q(resolved_at__isnull=True),
                name="a_gap_is_flagged_once_while_it_stands",
            ),
            models.CheckConstraint(condition=Q(level__in=list(RuleLevel)), name="a_flag_has_a_known_level"),
        ]
        indexes = [
            models.Index(fields=["filing"], condition=Q(resolved_at__isnull=True), name="flags_that_stand"),
            models.Index(fields=["rule", "level"], name="flags_by_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.at}"

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.rule, self.at, self.variant

    @property
    def finding(self) -> Finding:
        return Finding(self.rule, RuleLevel(self.level), self.variant, Pointer(self.at), self.values)
