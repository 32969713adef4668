"""The log of changes of users, roles, tokens and reference data, chained by hashes; and who saw or exported what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditVerb(models.TextChoices):
    CREATED = "created", _("created")
    CHANGED = "changed", _("changed")
    DELETED = "deleted", _("deleted")


class AuditEvent(models.Model):
    """
    A change of a row that decides on who may do what, or of reference data. `digest` covers the row as it was afterwards; `data` has
    the values that changed, without secrets and without personal data. `hash` covers the event and the previous hash.
    """

    number = models.PositiveBigIntegerField(_("number"), unique=True)
    verb = models.CharField(_("event"), max_length=12, choices=AuditVerb.choices)
    kind = models.CharField(_("kind"), max_length=40)
    row = models.BigIntegerField()
    label = models.CharField(_("what"), max_length=300)
    at = models.DateTimeField(_("time"))
    actor = models.CharField(_("actor"), max_length=150)
    data = models.JSONField(_("details"), default=dict)
    # SHA-256 of these columns of the row as canonical JSON; both are blank after a deletion.
    columns = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("change of users and reference data")
        verbose_name_plural = _("changes of users and reference data")
        ordering = ["-number"]
        indexes = [models.Index(fields=["kind", "row", "number"], name="audit_events_of_a_row")]

    def __str__(self) -> str:
        return f"{self.number} {self.verb} {self.label}"


class AuditHead(models.Model):
    """The end of the chain of audit events: one row, locked while the next event is written."""

    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.number} {self.hash}"


class AccessKind(models.TextChoices):
    """What somebody saw or took along."""

    DOSSIER = "dossier", _("dossier with contacts")
    DOCUMENT = "document", _("document")
    EXPORT = "export", _("export")
    PERSON = "person", _("data on a person")


class AccessRecord(models.Model):
    """That a member of the staff saw personal data or exported something: one row for a person, a thing and a day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("user"))
    kind = models.CharField(_("kind"), max_length=12, choices=AccessKind.choices)
    label = models.CharField(_("what"), max_length=200)
    day = models.DateField(_("day"))
    first_at = models.DateTimeField(_("first at"))
    last_at = models.DateTimeField(_("last at"))
    times = models.PositiveIntegerField(_("times"), default=1)

    class Meta:
        verbose_name = _("access to personal data")
        verbose_name_plural = _("accesses to personal data")
        ordering = ["-last_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "label", "day"], name="an_access_is_counted_by_day")
        ]
        indexes = [models.Index(fields=["label"], name="accesses_of_a_thing")]

    def __str__(self) -> str:
        return f"{self.user} {self.kind} {self.label}"
