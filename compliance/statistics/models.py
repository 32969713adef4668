"""Figures that are counted in advance."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeskFigures(models.Model):
    """
    The figures of a province for the first page of the desk (see compliance.statistics.desk_figures). The row without a
    province says when somebody last counted.
    """

    province = models.CharField(_("province"), max_length=2, unique=True, blank=True)
    at = models.DateTimeField(_("time"))
    content = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("figures of the desk")

    def __str__(self) -> str:
        return self.province or "–"
