"""The work on a case: who is assigned, what was said about it, when somebody last looked at it, who is away."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance.filings.models import Filing


class Assignment(models.Model):
    """
    A line of the record of assignments: the filing was assigned to somebody, or to nobody any more, with a note. The
    current assignee is `Filing.assignee`.
    """

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="assignments", verbose_name=_("filing"))
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="assignments", verbose_name=_("assignee")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("assigned by"))
    at = models.DateTimeField(_("time"))
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["assignee", "at"], name="assignments_by_person"),
            models.Index(fields=["at", "filing"], name="assignments_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.filing} → {self.assignee or '–'}"


class Audience(models.TextChoices):
    """Who can read a comment."""

    STAFF = "staff", _("staff only")
    APPLICANT = "applicant", _("staff and the applicant")


class Comment(models.Model):
    """A comment on a case among staff, or a message between staff and the applicant. Comments are never changed."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="comments", verbose_name=_("filing"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"))
    at = models.DateTimeField(_("time"))
    audience = models.CharField(_("audience"), max_length=12, choices=Audience.choices, default=Audience.STAFF)
    text = models.TextField(_("text"))
    mentioned = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("mentioned"))

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_comment_has_a_text")]

    def __str__(self) -> str:
        return f"{self.filing} · {self.by}"


class Look(models.Model):
    """The last event of a filing that a person has seen on its page."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    filing = models.ForeignKey(Filing, models.CASCADE, related_name="looks")
    event_number = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("last look")
        verbose_name_plural = _("last looks")
        constraints = [models.UniqueConstraint(fields=["user", "filing"], name="a_person_last_looked_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.filing}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: datetime.date | None = None) -> AbsenceQuerySet:
        """Return the absences on a day (default: today)."""
        day = day or timezone.localdate()
        return self.filter(first_day__lte=day, last_day__gte=day)

    def of(self, users: Collection[int]) -> AbsenceQuerySet:
        return self.filter(user__in=users)


class Absence(models.Model):
    """Days on which somebody is away and gets no filings in turn."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences", verbose_name=_("user"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["first_day", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")),
                name="an_absence_ends_after_it_begins",
                violation_error_message=_("The last day must not be before the first day. Correct one of the two."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.first_day}–{self.last_day}"


class SavedView(models.Model):
    """A list of filings that somebody saved under a name: the queue, the filters and the order, as a query string."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("query"), max_length=2_000)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="a_person_names_a_view_once")]

    def __str__(self) -> str:
        return self.name
