"""Letters to applicants, as they were sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from compliance.filings.history.models import Event
from compliance.filings.models import Filing


class LetterKind(models.TextChoices):
    CORRECTION = "correction", _("correction notice")
    REJECTION = "rejection", _("rejection")
    DECISION = "decision", _("decision")


class Letter(models.Model):
    """
    A letter as it was sent with a return, a rejection or a decision. It is never changed.

    `title`, `particulars` (pairs of a label and a value) and `signed` are kept as well: what a filing is called later does
    not change a letter. `points` is what is to be corrected: a list of `{"rule", "at", "variant", "place", "text", "law"}`; a point that a
    reviewer added has a text alone. `opening` and `closing` are paragraphs, a line each.
    """

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="letters", verbose_name=_("filing"))
    # Without a constraint, as `Change.event`: what somebody removes by hand is found by `verify_history`.
    event = models.OneToOneField(
        Event, models.DO_NOTHING, db_constraint=False, related_name="letter", verbose_name=_("event")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=LetterKind.choices)
    number = models.CharField(_("number"), max_length=32, unique=True)
    language = models.CharField(_("language"), max_length=2)
    title = models.CharField(_("title"), max_length=60)
    particulars = models.JSONField(_("particulars"), default=list)
    signed = models.CharField(_("signed"), max_length=100)
    opening = models.TextField(_("opening"))
    points = models.JSONField(_("points"), default=list)
    closing = models.TextField(_("closing"), blank=True)
    due_on = models.DateField(_("due on"), null=True)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"))

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.number
