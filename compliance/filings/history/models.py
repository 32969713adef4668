"""The history of a filing: its events, chained by hashes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.filings.models import Filing


class Event(models.Model):
    """
    An event in the history of a filing. `hash` covers the event and the previous hash (see
    compliance.filings.history.chain), so that changed, removed or inserted events are detected. The database refuses to
    change or delete events.
    """

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="events", verbose_name=_("filing"))
    number = models.PositiveIntegerField(_("number"))
    verb = models.CharField(_("event"), max_length=32)
    from_status = models.CharField(_("previous status"), max_length=20, blank=True)
    to_status = models.CharField(_("new status"), max_length=20)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("performed by"))
    actor = models.CharField(_("actor"), max_length=150)
    reason = models.TextField(_("reason"), blank=True)
    data = models.JSONField(_("details"), default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["filing", "number"]
        constraints = [models.UniqueConstraint(fields=["filing", "number"], name="an_event_has_a_number_of_its_own")]
        # A report on a period reads the filings with which something happened in it.
        indexes = [models.Index(fields=["at", "filing"], name="events_by_time")]

    def __str__(self) -> str:
        return f"{self.number} {self.verb}"
