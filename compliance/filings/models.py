"""Filings, their working copies, and their revisions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from compliance.filings import workflow
from compliance.filings.querysets import FilingQuerySet
from compliance.rules import due_dates
from registry.indexes import NullsLastIndex
from registry.models import OfficialNumber, Organization, Source, User
from registry.search import Searchable


class Kind(models.TextChoices):
    ALGORITHM = "algorithm", _("algorithm filing")
    GENERATIVE = "generative", _("generative-service filing")
    REGISTRATION = "registration", _("registration")


class Action(models.TextChoices):
    INITIAL = "initial", _("initial")
    CHANGE = "change", _("change")
    CANCELLATION = "cancellation", _("cancellation")


class Status(models.TextChoices):
    DRAFT = workflow.DRAFT, _("draft")
    SUBMITTED = workflow.SUBMITTED, _("submitted")
    ACCEPTED = workflow.ACCEPTED, _("accepted")
    PROVINCIAL_REVIEW = workflow.PROVINCIAL_REVIEW, _("provincial review")
    NATIONAL_REVIEW = workflow.NATIONAL_REVIEW, _("national review")
    RETURNED = workflow.RETURNED, _("returned")
    FILED = workflow.FILED, _("filed")
    REJECTED = workflow.REJECTED, _("rejected")
    WITHDRAWN = workflow.WITHDRAWN, _("withdrawn")
    SUSPENDED = workflow.SUSPENDED, _("suspended")
    REVOKED = workflow.REVOKED, _("revoked")
    CANCELLED = workflow.CANCELLED, _("cancelled")


class ClockName(models.TextChoices):
    """What must happen by the last day of a statutory deadline."""

    DECISION = due_dates.DECISION, _("decision by the authority")
    CORRECTION = due_dates.CORRECTION, _("correction by the applicant")
    FILING = due_dates.FILING, _("algorithm filing after the launch")
    AMENDMENT = due_dates.AMENDMENT, _("change or cancellation to be submitted")
    TERMINATION = due_dates.TERMINATION, _("cancellation after the termination")


class CaseNumbers(models.Model):
    """The last case number of each year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("case number counter")
        verbose_name_plural = _("case number counter")

    def __str__(self) -> str:
        return f"F{self.year}-{self.last:06}"


class Filing(Searchable):
    """
    A filing: its status, and the state of its checks.

    Values of the dossier that people search for (kind, service, reference and others) are copied here whenever the
    dossier changes. The dossier is the record.
    """

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    case_number = models.CharField(_("case number"), max_length=16, unique=True)
    applicant = models.ForeignKey(Organization, models.PROTECT, related_name="filings", verbose_name=_("applicant"))
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.DRAFT)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    action = models.CharField(_("action"), max_length=16, choices=Action.choices)
    reference = models.TextField(_("reference"), blank=True)
    # References and names may be longer than an index allows, so they are looked up by their hashes.
    reference_key = models.CharField(max_length=64, blank=True)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, blank=True)
    province = models.CharField(_("province"), max_length=2)
    service_name = models.TextField(_("service"))
    service_key = models.CharField(max_length=64)
    opened_sha256 = models.CharField(max_length=64)
    # The key of the official number that this filing amends. Blank unless it is a change or cancellation.
    amends_key = models.CharField(max_length=100, blank=True)
    # The earliest and the latest day from which the dossier says that a deadline runs: launch, change, end of the service.
    first_declared_on = models.DateField(null=True, editable=False)
    last_declared_on = models.DateField(null=True, editable=False)
    target = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="amendments", verbose_name=_("amends")
    )
    official_number = models.OneToOneField(
        OfficialNumber, models.PROTECT, null=True, related_name="filing", verbose_name=_("official number")
    )
    # The source of the statements of this filing in the register. Null before the first submission.
    source = models.OneToOneField(Source, models.PROTECT, null=True, related_name="filing")

    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened at"))
    changed_at = models.DateTimeField(_("changed at"))
    first_submitted_at = models.DateTimeField(_("first submitted at"), null=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    returned_at = models.DateTimeField(_("returned at"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    last_event_number = models.PositiveIntegerField(default=0)
    last_event_hash = models.CharField(max_length=64, blank=True)

    due_since = models.DateTimeField(_("check due since"), null=True)
    leased_until = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(_("checked at"), null=True)
    checked_as_of = models.DateField(_("checked as of"), null=True)
    # Counts of the flags, updated by all code that changes flags (see compliance.checking.flag_counts).
    error_count = models.PositiveIntegerField(_("errors"), default=0, editable=False)
    warning_count = models.PositiveIntegerField(_("warnings"), default=0, editable=False)
    info_count = models.PositiveIntegerField(default=0, editable=False)
    waived_count = models.PositiveIntegerField(default=0, editable=False)
    # The first day on which a waiver is no longer in force.
    recount_on = models.DateField(null=True, editable=False)
    next_look_on = models.DateField(_("outcome may change on"), null=True)
    # The earliest unmet statutory deadline, as of the last check (see compliance.rules.due_dates).
    clock = models.CharField(_("clock"), max_length=12, choices=ClockName.choices, blank=True, editable=False)
    due_on = models.DateField(_("due on"), null=True, editable=False)
    # Who works on the case. The record of assignments is compliance.casework.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_filings",
        verbose_name=_("assignee"),
    )

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("filing")
        verbose_name_plural = _("filings")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["applicant", "reference_key"],
                condition=~Q(reference_key="") & ~Q(status__in=sorted(workflow.REFERENCE_IS_FREE)),
                name="a_reference_is_used_once_by_an_applicant",
            ),
            models.UniqueConstraint(
                fields=["target"],
                condition=Q(target__isnull=False) & ~Q(status__in=sorted(workflow.AMENDMENT_IS_OVER)),
                name="one_amendment_of_a_filing_is_open",
            ),
            models.CheckConstraint(condition=Q(status__in=list(workflow.STATUSES)), name="a_filing_has_a_known_status"),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | Q(status=Status.WITHDRAWN) | Q(submitted_at__isnull=False),
                name="what_is_not_a_draft_was_submitted",
            ),
        ]
        indexes = [
            models.Index(fields=["due_since"], condition=Q(due_since__isnull=False), name="filings_due"),
            models.Index(fields=["next_look_on"], condition=Q(next_look_on__isnull=False), name="filings_to_look_at"),
            models.Index(fields=["applicant", "service_key"], name="filings_of_a_service"),
            models.Index(fields=["status", "province", "-id"], name="filings_of_a_province"),
            models.Index(fields=["recount_on"], condition=Q(recount_on__isnull=False), name="filings_to_recount"),
            models.Index(fields=["checked_at"], name="filings_by_last_check"),
            models.Index(fields=["due_on", "id"], condition=Q(due_on__isnull=False), name="filings_by_deadline"),
            # The orders of the queues of the desk (compliance.casework.queues), each over its own filings.
            models.Index(fields=["due_on", "submitted_at", "id"], name="filings_by_urgency"),
            models.Index(
                fields=["due_on", "submitted_at", "id"],
                condition=Q(assignee__isnull=True, status__in=sorted(workflow.UNDER_WAY)),
                name="filings_unassigned",
            ),
            models.Index(
                fields=["due_on", "submitted_at", "id"],
                condition=Q(status=workflow.NATIONAL_REVIEW)
                | Q(status=workflow.PROVINCIAL_REVIEW, kind="registration"),
                name="filings_to_decide",
            ),
            models.Index(
                fields=["due_on", "submitted_at", "id"],
                condition=Q(status=workflow.RETURNED),
                name="filings_with_the_applicant",
            ),
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(status=workflow.SUBMITTED, returned_at__isnull=False),
                name="filings_answered",
            ),
            models.Index(
                fields=["assignee", "due_on", "submitted_at", "id"],
                condition=Q(assignee__isnull=False, status__in=sorted(workflow.UNDECIDED)),
                name="filings_of_an_assignee",
            ),
            models.Index(fields=["submitted_at", "id"], name="filings_by_submission"),
            # The newest first: the index above, read backwards, has those without a value first.
            NullsLastIndex(F("submitted_at").desc(nulls_last=True), F("id").desc(), name="filings_by_submission_down"),
            # What the desk counts by week and province.
            models.Index(fields=["first_submitted_at", "province"], name="filings_received_by_province"),
            models.Index(fields=["decided_at", "province"], name="filings_decided_by_province"),
            models.Index(fields=["changed_at", "id"], name="filings_by_change"),
            models.Index(fields=["error_count", "id"], name="filings_by_errors"),
            models.Index(fields=["province", "-id"], name="filings_of_a_province_by_age"),
            models.Index(fields=["amends_key"], condition=~Q(amends_key=""), name="filings_that_amend"),
            # What a report on a period reads of a large archive (compliance.reports.candidates).
            models.Index(fields=["id"], condition=~Q(clock=""), name="filings_with_a_clock"),
            models.Index(
                fields=["last_declared_on", "first_declared_on"],
                condition=Q(last_declared_on__isnull=False),
                name="filings_by_declared_day",
            ),
        ]

    def __str__(self) -> str:
        return self.case_number

    @property
    def is_editable(self) -> bool:
        return self.status in workflow.EDITABLE

    @property
    def is_amendment(self) -> bool:
        return self.action != Action.INITIAL

    def kept_dossier(self) -> WorkingCopy | Revision:
        """Return the current dossier: the working copy if there is one, otherwise the last revision."""
        copy = WorkingCopy.objects.filter(filing=self).first()
        return copy or Revision.objects.filter(filing=self).latest("number")

    def dossier_for(self, user: User) -> WorkingCopy | Revision:
        """Return the dossier that a user may see. Only members of the applicant see the working copy."""
        is_own = self.applicant_id in user.own_organizations
        return self.kept_dossier() if is_own else Revision.objects.filter(filing=self).latest("number")

    @property
    def is_due(self) -> bool:
        """Whether a check is due: something changed, or the date on which the outcome may change has come."""
        day_has_come = self.next_look_on is not None and self.next_look_on <= timezone.localdate()
        return self.due_since is not None or day_has_come


class WorkingCopy(models.Model):
    """The editable dossier of a draft or a returned filing, in canonical JSON. Its hash is its ETag."""

    filing = models.OneToOneField(Filing, models.CASCADE, related_name="working_copy", verbose_name=_("filing"))
    content = models.TextField(_("dossier"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("working copy")
        verbose_name_plural = _("working copies")

    def __str__(self) -> str:
        return self.sha256[:12]


class Revision(models.Model):
    """A submitted version of a dossier: the legal record. The database refuses to change or delete it."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="revisions", verbose_name=_("filing"))
    number = models.PositiveIntegerField(_("number"))
    content = models.TextField(_("dossier"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("performed by"))

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["filing", "number"]
        constraints = [models.UniqueConstraint(fields=["filing", "number"], name="a_revision_has_a_number_of_its_own")]

    def __str__(self) -> str:
        return f"{self.number}"
