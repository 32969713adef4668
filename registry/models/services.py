"""Services: the products that organizations offer to users."""

from __future__ import annotations

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from registry.models.ai_models import RegistrationStatus, status_for
from registry.models.organizations import NameKeyField, Organization
from registry.models.sources import Viewer
from registry.search import Searchable, matching


class ServiceQuerySet(models.QuerySet["Service"]):
    def visible_to(self, user: Viewer) -> ServiceQuerySet:
        """Return the services with at least one statement that the user may see."""
        statements = apps.get_model("registry", "ServiceStatement").objects.visible_to(user)
        return self.filter(Exists(statements.filter(service=OuterRef("pk"))))

    def found_by(self, query: str) -> ServiceQuerySet:
        return matching(self, query)


class Service(Searchable):
    """A product offered to users. There is one record for each organization and name."""

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="services", verbose_name=_("organization")
    )
    name = models.TextField(_("name"))
    name_key = NameKeyField(max_length=64, default="", editable=False)
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

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name_key"], name="an_organization_has_one_service_of_a_name"
            ),
            models.CheckConstraint(
                condition=Q(registration_status__in=RegistrationStatus.values),
                name="a_service_has_a_known_registration_status",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def search_texts(self) -> list[str | None]:
        return [self.name, self.organization.name, self.organization.name_en]

    def status_for(self, user: Viewer) -> str:
        """Return the registration status for the user. Filings in progress are not public."""
        return status_for(user, self, self.organization_id)
