"""AI models: one record for each, however many sources name it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from registry.models.organizations import Organization
from registry.models.people import Role, User
from registry.models.sources import SourceKind, Viewer
from registry.search import Searchable, matching


class RegistrationStatus(models.TextChoices):
    UNFILED = "unfiled", _("unfiled")
    IN_PROGRESS = "in_progress", _("in progress")
    FILED = "filed", _("filed")
    REGISTERED = "registered", _("registered")
    SUSPENDED = "suspended", _("suspended")
    REVOKED = "revoked", _("revoked")
    CANCELLED = "cancelled", _("cancelled")


WITH_NUMBERS = ("official_numbers", "merged__official_numbers")


class AIModelQuerySet(models.QuerySet["AIModel"]):
    def visible_to(self, user: Viewer) -> AIModelQuerySet:
        """Return the models with at least one statement that the user may see, without merged records."""
        # Corrections do not count: a model that is not public may be corrected, too.
        statements = apps.get_model("registry", "ModelStatement").objects.visible_to(user)
        statements = statements.exclude(source__kind=SourceKind.CORRECTION)
        return self.filter(Exists(statements.filter(model=OuterRef("pk"))), merged_into__isnull=True)

    def found_by(self, query: str) -> AIModelQuerySet:
        return matching(self, query)


class AIModel(Searchable):
    """
    An AI model. There is one record for each developer, name and version. Where its statements disagree, precedence
    decides which values are shown. `registration_status` is derived from numbers and filings and never set by hand.
    """

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    # A hash of developer, name and version. Without a developer, a hash of the declarant, the name and the version.
    key = models.CharField(max_length=64, unique=True, editable=False)
    developer = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="ai_models", verbose_name=_("developer")
    )
    name = models.TextField(_("name"))
    version = models.TextField(_("version"), blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    registration_status = models.CharField(
        _("registration status"),
        max_length=16,
        choices=RegistrationStatus.choices,
        default=RegistrationStatus.UNFILED,
    )
    # The registration status without filings in progress, which are not public.
    public_status = models.CharField(
        max_length=16, choices=RegistrationStatus.choices, default=RegistrationStatus.UNFILED, editable=False
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = AIModelQuerySet.as_manager()

    class Meta:
        verbose_name = _("AI model")
        verbose_name_plural = _("AI models")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(registration_status__in=RegistrationStatus.values),
                name="an_ai_model_has_a_known_registration_status",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="an_ai_model_is_not_merged_into_itself",
            ),
        ]
        indexes = [models.Index(fields=["country"], name="ai_models_of_a_country")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()

    def search_texts(self) -> list[str | None]:
        developer = [self.developer.name, self.developer.name_en] if self.developer else []
        return [f"{self.name} {self.version}", *developer]

    def status_for(self, user: Viewer) -> str:
        """Return the registration status for the user. Filings in progress are not public."""
        return status_for(user, self, self.developer_id)

    @property
    def all_numbers(self) -> list[Any]:
        """The official numbers of this record and of the records merged into it. Prefetch WITH_NUMBERS."""
        rows = [
            *self.official_numbers.all(),
            *(row for each in self.merged.all() for row in each.official_numbers.all()),
        ]
        return list({row.pk: row for row in rows}.values())


def status_for(user: Viewer, row: Any, organization: int | None) -> str:
    """Return the status of a row: with filings in progress for its own organization and for staff who see all, else the public one."""
    return str(row.registration_status if sees_all(user) or organization in own_of(user) else row.public_status)


def sees_all(user: Viewer) -> bool:
    """Return whether the user is a registrar or an auditor."""
    return isinstance(user, User) and user.has_role(Role.REGISTRAR, Role.AUDITOR)


def own_of(user: Viewer) -> frozenset[int]:
    return user.own_organizations if isinstance(user, User) else frozenset()
