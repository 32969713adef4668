"""Changes in the order in which others are told of them, and the webhooks that are told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from compliance.filings.history.models import Event
from compliance.filings.models import Filing
from registry.models import Organization


class ChangeType(models.TextChoices):
    """What a change is about."""

    FILING = "filing.event", _("event of a filing")
    FLAGS = "filing.flags", _("flags raised or resolved")
    REPORT = "report.written", _("report written")
    IMPORT = "import.finished", _("import finished")


class Change(models.Model):
    """
    A change that others may want to know of, written in its transaction.

    A trigger writes the change of each event of a filing; the code that changes flags, reports and imports writes theirs.
    `position` is given after the commit, in an order without gaps (see compliance.notices.ordering).
    """

    uid = models.UUIDField(null=True, unique=True, editable=False)
    position = models.BigIntegerField(_("position"), null=True, unique=True)
    type = models.CharField(_("type"), max_length=20, choices=ChangeType.choices)
    # Without constraints: what somebody removes by hand is found by `verify_history`, and must not be held by a change.
    filing = models.ForeignKey(
        Filing, models.DO_NOTHING, null=True, db_constraint=False, related_name="+", verbose_name=_("filing")
    )
    event = models.OneToOneField(
        Event, models.DO_NOTHING, null=True, db_constraint=False, related_name="+", verbose_name=_("event")
    )
    # Who is told of a change that is not about a filing. Null for what all staff may know.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("time"))
    data = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["position"]
        indexes = [models.Index(fields=["id"], condition=Q(position__isnull=True), name="changes_without_a_position")]

    def __str__(self) -> str:
        return f"{self.position} {self.type}"


class LastPosition(models.Model):
    """
    The last position that was given, and the last one of which webhooks were told. The first row is locked while either is
    moved. A second row holds the last position of which people were told.
    """

    last = models.BigIntegerField(default=0)
    notified = models.BigIntegerField(default=0)
    raised = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("last position")

    def __str__(self) -> str:
        return str(self.last)


class WebhookEvent(models.TextChoices):
    """What a webhook can be told of."""

    STATUS = "filing.status_changed", _("status of a filing changed")
    EVENT = "filing.event_recorded", _("another event of a filing")
    FLAGS = "filing.flags_changed", _("flags raised or resolved")
    NUMBER = "number.issued", _("official number issued")
    REPORT = "report.written", _("report written")
    IMPORT = "import.finished", _("import finished")
    PING = "webhook.test", _("test")


class Webhook(models.Model):
    """An address that is told of changes: of the filings of an organization, or of all that a staff member may see."""

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey(
        Organization, models.CASCADE, null=True, blank=True, related_name="webhooks", verbose_name=_("organization")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks", verbose_name=_("owner")
    )
    url = models.URLField(_("address"), max_length=500)
    description = models.CharField(_("description"), max_length=200, blank=True)
    events = models.JSONField(_("events"), default=list)
    secret = models.CharField(max_length=80, editable=False)
    previous_secret = models.CharField(max_length=80, blank=True, editable=False)
    previous_secret_until = models.DateTimeField(null=True, editable=False)
    is_enabled = models.BooleanField(_("enabled"), default=True)
    disabled_reason = models.CharField(_("reason"), max_length=200, blank=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """A message to a webhook. The messages about a filing are delivered in the order of its changes."""

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", verbose_name=_("webhook"))
    change = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+", verbose_name=_("change"))
    filing = models.ForeignKey(
        Filing, models.DO_NOTHING, null=True, db_constraint=False, related_name="+", verbose_name=_("filing")
    )
    event = models.CharField(_("event"), max_length=30, choices=WebhookEvent.choices)
    body = models.TextField(_("content"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    due_at = models.DateTimeField(_("due at"), default=timezone.now)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    delivered_at = models.DateTimeField(_("delivered at"), null=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "change", "event"], name="a_webhook_is_told_once_of_a_change")
        ]
        indexes = [
            models.Index(
                fields=["webhook", "id"],
                condition=Q(delivered_at__isnull=True, given_up_at__isnull=True),
                name="deliveries_under_way",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.uid}"


class Attempt(models.Model):
    """One attempt to deliver a message: what was answered, or why nothing was."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="log", verbose_name=_("delivery"))
    at = models.DateTimeField(_("time"))
    status = models.PositiveSmallIntegerField(_("status code"), null=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"))

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.error}"
