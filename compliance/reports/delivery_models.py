"""Subscriptions to reports, what was sent of each period, and the links by which reports are downloaded."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from compliance.reports.models import ReportRun
from compliance.reports.schedules import LAST_WORKING_DAY, Frequency, Schedule
from registry.models import Organization

FREQUENCIES = [
    (Frequency.DAILY, _("daily")),
    (Frequency.WEEKLY, _("weekly, on Monday")),
    (Frequency.MONTHLY, _("monthly, on the 1st")),
    (Frequency.QUARTERLY, _("quarterly")),
    (Frequency.YEARLY, _("yearly")),
    (Frequency.WORKING_DAY, _("monthly, on the n-th working day of China")),
]


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def active(self) -> SubscriptionQuerySet:
        return self.filter(is_paused=False, ended_at__isnull=True)

    def kept(self) -> SubscriptionQuerySet:
        """Exclude the ended ones, which are kept for what was sent."""
        return self.filter(ended_at__isnull=True)


class Subscription(models.Model):
    """
    A report that is sent regularly: by staff, or, with an organization, by its members, about that organization alone.

    `next_begins_at` is the first moment of the next period to be sent; what an outage missed is made up for from there.
    """

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="report_subscriptions", verbose_name=_("owner")
    )
    organization = models.ForeignKey(
        Organization,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="report_subscriptions",
        verbose_name=_("organization"),
    )
    report = models.CharField(_("report"), max_length=64)
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=[("zh", "中文"), ("en", "English")], default="zh")
    formats = models.JSONField(_("formats"), default=list)
    frequency = models.CharField(_("frequency"), max_length=12, choices=FREQUENCIES)
    working_day = models.PositiveSmallIntegerField(
        _("working day of the month"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(LAST_WORKING_DAY)],
    )
    hour = models.PositiveSmallIntegerField(_("hour"), default=8, validators=[MaxValueValidator(23)])
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    recipients = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("recipients"))
    only_if_changed = models.BooleanField(_("only if something changed"), default=False)
    is_paused = models.BooleanField(_("paused"), default=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    next_begins_at = models.DateTimeField(_("next period from"))

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("report subscription")
        verbose_name_plural = _("report subscriptions")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(hour__lte=23), name="a_day_has_24_hours"),
            models.CheckConstraint(
                condition=Q(working_day__gte=1, working_day__lte=LAST_WORKING_DAY),
                name="a_month_has_at_least_15_working_days",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_begins_at"],
                condition=Q(is_paused=False, ended_at__isnull=True),
                name="subscriptions_under_way",
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.frequency}"

    @property
    def schedule(self) -> Schedule:
        return Schedule(Frequency(self.frequency), self.hour, ZoneInfo(self.time_zone), self.working_day)


class SendingState(models.TextChoices):
    WAITING = "waiting", _("waiting for the report")
    SENDING = "sending", _("mails made")
    FAILED = "failed", _("the report failed")


class Sending(models.Model):
    """One period of a subscription: its report, and the mails with it. Each period is sent once."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="sendings")
    begins_at = models.DateTimeField(_("period start"))
    ends_at = models.DateTimeField(_("period end"))
    # Sent on demand besides the schedule; it may repeat a period.
    is_extra = models.BooleanField(_("sent on demand"), default=False)
    run = models.ForeignKey(ReportRun, models.PROTECT, related_name="sendings", verbose_name=_("report"))
    state = models.CharField(_("state"), max_length=8, choices=SendingState.choices, default=SendingState.WAITING)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    # Who got no mail, and why: pairs of a username and a reason.
    left_out = models.JSONField(_("left out"), default=list)

    class Meta:
        verbose_name = _("sent report")
        verbose_name_plural = _("sent reports")
        ordering = ["-ends_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "begins_at", "ends_at"],
                condition=Q(is_extra=False),
                name="a_period_is_sent_once",
            ),
            models.CheckConstraint(condition=Q(begins_at__lt=F("ends_at")), name="a_sent_period_ends_after_it_begins"),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state="waiting"), name="sendings_to_prepare")]

    def __str__(self) -> str:
        return f"{self.subscription} {self.ends_at:%Y-%m-%d}"


class ReportLink(models.Model):
    """
    A link by which one person downloads a report without signing in. It ends, it can be revoked, and what it gives is what
    that person may see when it is used.
    """

    run = models.ForeignKey(ReportRun, models.CASCADE, related_name="links", verbose_name=_("report"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    sending = models.ForeignKey(Sending, models.CASCADE, null=True, related_name="links")
    language = models.CharField(_("language"), max_length=2, default="zh")
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        verbose_name = _("link to a report")
        verbose_name_plural = _("links to reports")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["sending", "user"], name="a_sent_report_has_one_link_for_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.user}"
