"""Heartbeats of the jobs, and whether their silence was told."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Part(models.TextChoices):
    """A part of the product that works outside the web server."""

    WORKER = "worker", _("worker")
    BEAT = "beat", _("beat")


class Heartbeat(models.Model):
    """When a part last said that it is alive."""

    part = models.CharField(_("part"), max_length=8, choices=Part.choices, primary_key=True)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.part} {self.at:%Y-%m-%d %H:%M:%S}"


class Watch(models.Model):
    """
    The one row of the watch, locked while a web process looks after the jobs. `silent_since` is set while they are silent, and
    `notified_at` once the administrators have been told.
    """

    started_at = models.DateTimeField(default=timezone.now)
    silent_since = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("watch")

    def __str__(self) -> str:
        return f"{self.silent_since or '–'}"
