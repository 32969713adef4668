"""The archive of the open data: what the register was on a day."""

from __future__ import annotations

from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _


def archive_storage() -> object:
    return storages["default"]


class ArchivedRegister(models.Model):
    """The register as it was on a day, in one form. A day on which nothing changed has no file of its own."""

    day = models.DateField(_("day"))
    form = models.CharField(_("format"), max_length=8)
    rows = models.PositiveIntegerField(_("entries"))
    size = models.BigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    file = models.FileField(_("file"), max_length=200, storage=archive_storage)

    class Meta:
        verbose_name = _("archived register")
        verbose_name_plural = _("archived registers")
        ordering = ["-day", "form"]
        constraints = [models.UniqueConstraint(fields=["day", "form"], name="a_day_is_archived_once_in_a_form")]

    def __str__(self) -> str:
        return f"{self.day} {self.form}"
