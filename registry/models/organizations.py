"""Organizations: the legal persons that file, develop models or hold official numbers."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from registry import uscc
from registry.names import folded, key_of
from registry.search import Searchable, matching


def validate_uscc(code: str) -> None:
    """Raise ValidationError if this is not a valid unified social credit code."""
    if not uscc.is_valid(code):
        raise ValidationError(
            _(
                "This is not a valid unified social credit code, or its check digit is wrong. Copy the code "
                "from the business license."
            )
        )


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def visible_to(self, user: object) -> OrganizationQuerySet:
        """Return the user's own organizations and those with at least one statement that the user may see; for staff, all."""
        from_sources = apps.get_model("registry", "OrganizationStatement").objects.visible_to(user)
        members = apps.get_model("registry", "Membership").objects.filter(
            user_id=getattr(user, "pk", None), organization=OuterRef("pk")
        )
        if getattr(user, "roles", None):
            return self.all()
        return self.filter(Exists(from_sources.filter(organization=OuterRef("pk"))) | Exists(members.in_force()))

    def found_by(self, query: str) -> OrganizationQuerySet:
        return matching(self, query)

    def named(self, name: str) -> OrganizationQuerySet:
        return self.filter(name_key=name_key_of(name))


def name_key_of(name: str) -> str:
    return key_of(folded(name))


class NameKeyField(models.CharField):
    """A hash of the folded name, for lookups. It is set when the row is saved."""

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        setattr(model_instance, self.attname, name_key_of(model_instance.name))
        return super().pre_save(model_instance, add)


class Organization(Searchable):
    """A legal person, identified by its unified social credit code, or by its name if no source gives a code."""

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    uscc = models.CharField(
        _("unified social credit code"), max_length=18, unique=True, null=True, validators=[validate_uscc]
    )
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    name_key = NameKeyField(max_length=64, default="", editable=False)
    country = models.CharField(_("country"), max_length=2, blank=True)
    # True until the organization itself or an administrator gives its name; until then, the name comes from others.
    is_named_by_others = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name_key"],
                condition=models.Q(uscc__isnull=True),
                name="an_organization_without_a_code_has_a_name_of_its_own",
            )
        ]
        indexes = [models.Index(fields=["name_key"], name="organizations_by_name")]

    def __str__(self) -> str:
        return self.name

    def search_texts(self) -> list[str | None]:
        return [self.name, self.name_en, self.uscc]
