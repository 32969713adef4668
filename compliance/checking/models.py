"""Flags, raised once and resolved when the cause goes; consequences still to be spread; the calendar of administrators."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance.dossier.pointer import Pointer
from compliance.filings.models import Filing
from compliance.rules.catalog import Level as RuleLevel
from compliance.rules.problems import Finding


class Level(models.TextChoices):
    ERROR = RuleLevel.ERROR, _("error")
    WARNING = RuleLevel.WARNING, _("warning")
    INFO = RuleLevel.INFO, _("info")


# What is shown of a flag.
_SHOWN = (
    "rule",
    "level",
    "variant",
    "at",
    "values",
    "raised_at",
    "resolved_at",
    "waived_until",
    "waived_at",
    "waiver_reason",
)


class FlagQuerySet(models.QuerySet["Flag"]):
    def unresolved(self) -> FlagQuerySet:
        """Open and waived flags: the cause is still there."""
        return self.filter(resolved_at__isnull=True)

    def open(self, day: datetime.date | None = None) -> FlagQuerySet:
        """Unresolved flags that are not waived on a day (default: today)."""
        day = day or timezone.localdate()
        return self.unresolved().filter(Q(waived_until__isnull=True) | Q(waived_until__lt=day))

    def waived(self, day: datetime.date | None = None) -> FlagQuerySet:
        """Unresolved flags that are waived on a day (default: today)."""
        return self.unresolved().filter(waived_until__gte=day or timezone.localdate())

    def resolved(self) -> FlagQuerySet:
        return self.filter(resolved_at__isnull=False)

    def with_reviewer(self) -> FlagQuerySet:
        """Read the name of whoever waived a flag with it."""
        return self.select_related("waived_by").only(*_SHOWN, "waived_by__username")

    def errors(self) -> FlagQuerySet:
        return self.filter(level="error")


class Flag(models.Model):
    """
    A finding that stands against a filing, or once stood. Code and values are stored; the text is made on reading.

    A reviewer may waive it through a day: until then it blocks nothing. The waiver lapses when what is flagged changes.
    """

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="flags", verbose_name=_("filing"))
    rule = models.CharField(_("rule"), max_length=16)
    level = models.CharField(_("level"), max_length=8, choices=Level.choices)
    variant = models.CharField(_("variant"), max_length=128)
    at = models.TextField(_("place"), blank=True)
    values = models.JSONField(_("values"), default=dict)
    raised_at = models.DateTimeField(_("raised at"))
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    waived_until = models.DateField(_("waived until"), null=True, blank=True)
    waived_at = models.DateTimeField(_("waived at"), null=True, blank=True)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("waived by")
    )
    waiver_reason = models.TextField(_("waiver reason"), blank=True)
    # The hash of what was flagged when it was waived.
    waiver_basis = models.CharField(_("waiver basis"), max_length=64, blank=True, editable=False)

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
            models.CheckConstraint(
                condition=Q(waived_until__isnull=True)
                | (Q(waived_at__isnull=False) & Q(waived_by__isnull=False) & ~Q(waiver_reason="")),
                name="a_waiver_has_its_reviewer_and_its_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["filing"], condition=Q(resolved_at__isnull=True), name="flags_that_stand"),
            models.Index(fields=["rule", "level"], name="flags_by_rule"),
            # What a report on a period reads of a large archive (compliance.reports.candidates).
            models.Index(
                fields=["filing"],
                condition=Q(resolved_at__isnull=True, level__in=("error", "warning")),
                name="flags_open_by_filing",
            ),
            models.Index(fields=["raised_at", "filing"], name="flags_by_time"),
            models.Index(
                fields=["resolved_at", "filing"], condition=Q(resolved_at__isnull=False), name="flags_by_resolution"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.at}"

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.rule, self.at, self.variant

    @property
    def as_line(self) -> dict[str, object]:
        """What the history says of a flag."""
        return {"rule": self.rule, "at": self.at, "variant": self.variant, "values": self.values}

    @property
    def is_waived(self) -> bool:
        return self.waived_until is not None and self.waived_until >= timezone.localdate()

    @property
    def finding(self) -> Finding:
        return Finding(self.rule, RuleLevel(self.level), self.variant, Pointer(self.at), self.values)


class EarlierFlag(models.Model):
    """What an unresolved flag said until a check found another level or other values at the same place."""

    flag = models.ForeignKey(Flag, models.CASCADE, related_name="earlier")
    level = models.CharField(_("level"), max_length=8, choices=Level.choices)
    values = models.JSONField(_("values"), default=dict)
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("earlier content of a flag")
        verbose_name_plural = _("earlier contents of flags")
        ordering = ["flag", "until"]
        indexes = [
            models.Index(fields=["flag", "until"], name="earlier_contents_of_a_flag"),
            models.Index(fields=["until", "flag"], name="earlier_contents_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.until:%Y-%m-%d}"


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


class CalendarDay(models.Model):
    """One day that is worked or not worked against what the calendar would say."""

    day = models.DateField(_("day"), unique=True)
    is_worked = models.BooleanField(_("working day"))
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["day"]

    def __str__(self) -> str:
        return self.day.isoformat()


class ConfirmedYear(models.Model):
    """A year whose holiday notice is out and entered day by day; all its other weekdays are worked."""

    year = models.PositiveSmallIntegerField(
        _("year"), unique=True, validators=[MinValueValidator(2000), MaxValueValidator(2200)]
    )
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("confirmed year")
        verbose_name_plural = _("confirmed years")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)
