"""AI models: one record for each, whoever speaks of it."""

from __future__ import annotations

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from registry.models.organizations import Organization
from registry.models.sources import Viewer
from registry.search import Searchable, matching


class RegistrationStatus(models.TextChoices):
    UNFILED = "unfiled", _("unfiled")
    IN_PROGRESS = "in_progress", _("in progress")
    FILED = "filed", _("filed")
    REGISTERED = "registered", _("registered")
    SUSPENDED = "suspended", _("suspended")
    REVOKED = "revoked", _("revoked")
    CANCELLED = "cancelled", _("cancelled")


class AIModelQuerySet(models.QuerySet["AIModel"]):
    def visible_to(self, user: Viewer) -> AIModelQuerySet:
        """Leave the models of which a statement speaks that a person may see."""
        statements = apps.get_model("registry", "ModelStatement").objects.visible_to(user)
        return self.filter(Exists(statements.filter(model=OuterRef("pk"))), merged_into__isnull=True)

    def found_by(self, query: str) -> AIModelQuerySet:
        return matching(self, query)


class AIModel(Searchable):
    """
    The thing registered. The same developer, name and version are one record; what is shown of it is decided by
    precedence among its statements. `registration_status` is derived from numbers and filings and never set by hand.
    """

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    # A hash of developer, name and version; without a developer, of the applicant that named it.
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
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)

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
        """The registration status as a person may know it: whether somebody's filing is under way is not public."""
        return status_for(user, self.registration_status, self.developer_id)


def status_for(user: Viewer, status: str, organization: int | None) -> str:
    """Return a status, or `unfiled` in place of `in_progress` for those who see nothing of the filing."""
    if status != RegistrationStatus.IN_PROGRESS or getattr(user, "standings", None):
        return status
    own = getattr(user, "own_organizations", frozenset())
    return status if organization in own else RegistrationStatus.UNFILED
