"""Sources: where the statements of the register come from, and who may see them."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from registry.models.organizations import Organization
from registry.models.people import Membership, Role, User

Viewer = User | AnonymousUser | None


class SourceKind(models.TextChoices):
    CATALOG = "catalog", _("catalog")
    PUBLISHED_LIST = "published_list", _("published list")
    FILING = "filing", _("filing")
    CORRECTION = "correction", _("registrar's correction")


def organizations_of(user: Viewer) -> models.QuerySet[Membership]:
    """Return the organizations in which the user has a role today, as a subquery."""
    if not isinstance(user, User):
        return Membership.objects.none().values("organization")
    return Membership.objects.of(user).in_force().values("organization")


class SourceQuerySet(models.QuerySet["Source"]):
    def visible_to(self, user: Viewer) -> SourceQuerySet:
        """Return public sources, those of the user's own organizations, and those that the user's staff roles cover."""
        return self.filter(visibility_q(user))

    def public(self) -> SourceQuerySet:
        return self.filter(is_public=True, is_live=True)


def visibility_q(user: Viewer, prefix: str = "") -> Q:
    """Return the condition under which the user may see a source. `prefix` is the path from another model, such as `source__`."""

    def on(**fields: object) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in fields.items()})

    public = on(is_public=True, is_live=True)
    if not isinstance(user, User):
        return public
    if user.has_role(Role.REGISTRAR, Role.AUDITOR):
        return on(is_live=True) | on(owner__in=organizations_of(user))
    visible = public | on(owner__in=organizations_of(user))
    if user.has_role(Role.REVIEWER):
        visible |= on(is_live=True, province__in=user.reviewed_provinces)
    return visible


class Source(models.Model):
    """
    The origin of statements. `is_live` is false once the source has been withdrawn, rejected or undone: its statements
    no longer count, and only its owner sees them. `is_public` is true for the catalog, published lists, corrections, and
    filings that were filed.
    """

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=SourceKind.choices)
    key = models.CharField(_("key"), max_length=300, unique=True)
    label = models.CharField(_("source"), max_length=300)
    citation = models.TextField(_("citation"), blank=True)
    filing_kind = models.CharField(_("kind of filing"), max_length=16, blank=True)
    owner = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="sources", verbose_name=_("declarant")
    )
    province = models.CharField(_("province"), max_length=2, blank=True)
    is_live = models.BooleanField(_("live"), default=True)
    is_public = models.BooleanField(_("public"), default=False)
    stated_at = models.DateTimeField(_("stated at"), default=timezone.now)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SourceKind.values), name="a_source_has_a_known_kind"),
        ]
        indexes = [models.Index(fields=["owner"], name="sources_of_an_owner")]

    def __str__(self) -> str:
        return self.label
