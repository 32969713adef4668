"""Notices to people, how each wants them, and the outbox of mails."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from compliance.filings.models import Filing
from compliance.notices import kinds
from compliance.reports.delivery_models import Sending

KIND_CHOICES = [(kind.name, kind.label.en) for kind in kinds.KINDS.values()]


class NoticeSettings(models.Model):
    """In which language somebody is written to, and how each kind of notice is sent, where it differs from the default."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_settings")
    language = models.CharField(_("language"), max_length=2, choices=[("zh", "中文"), ("en", "English")], default="zh")
    choices = models.JSONField(_("choices"), default=dict)
    # How many days before a deadline of the own organization somebody is reminded; null for the usual days.
    reminder_days = models.JSONField(_("days of reminders"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("notice settings")

    def __str__(self) -> str:
        return str(self.user)

    def how(self, kind: str) -> str:
        """Return how a kind of notice is sent: at once, once a day, or not at all."""
        return str(self.choices.get(kind, kinds.KINDS[kind].default))


class Mail(models.Model):
    """
    A mail of the outbox: one notice, or several that are told of together, or a report. It is sent once; after a failure it
    is tried again, under the same message id, so that a mail server or a reader knows it again.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    # The report that a mail brings; empty for a mail with notices.
    sending = models.ForeignKey(Sending, models.CASCADE, null=True, related_name="mails", verbose_name=_("sent report"))
    # The mail tells that the report could not be written.
    is_failure = models.BooleanField(default=False, editable=False)
    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    due_at = models.DateTimeField(_("due at"), default=timezone.now)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    leased_until = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sending", "user", "is_failure"], name="a_report_is_mailed_once_to_a_person"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(sent_at__isnull=True, given_up_at__isnull=True), name="mails_to_send"
            ),
            models.Index(fields=["user", "-made_at"], name="mails_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.made_at:%Y-%m-%d %H:%M}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at__isnull=True)

    def to_mail(self) -> NoticeQuerySet:
        """Return the notices whose mail is due and not made yet."""
        return self.filter(mail__isnull=True, mail_due_at__lte=timezone.now())


class Notice(models.Model):
    """
    Something that one person is told. `key` says what of, so that nobody is told twice of the same; `values` fill the
    title of its kind. `mail_due_at` is empty if no mail is wanted.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("user"))
    kind = models.CharField(_("kind"), max_length=16, choices=KIND_CHOICES)
    key = models.CharField(max_length=80)
    filing = models.ForeignKey(Filing, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("filing"))
    values = models.JSONField(default=dict)
    text = models.TextField(_("text"), blank=True)
    letter = models.CharField(_("letter"), max_length=32, blank=True)
    at = models.DateTimeField(_("time"), default=timezone.now)
    read_at = models.DateTimeField(_("read at"), null=True)
    mail_due_at = models.DateTimeField(null=True)
    mail = models.ForeignKey(Mail, models.SET_NULL, null=True, related_name="notices", verbose_name=_("mail"))

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="a_person_is_told_once_of_the_same")]
        indexes = [
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="unread_notices"),
            models.Index(
                fields=["mail_due_at"],
                condition=Q(mail__isnull=True, mail_due_at__isnull=False),
                name="notices_to_mail",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.kind} {self.key}"
