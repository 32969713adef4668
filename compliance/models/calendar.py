"""What an administrator knows of the working calendar better than the library."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarDay(models.Model):
    """One day that is worked or not worked against what the calendar would say."""

    day = models.DateField(_("day"), unique=True)
    is_worked = models.BooleanField(_("worked"))
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
