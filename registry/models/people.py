"""People: their roles as staff of the registry, and their roles in organizations."""

from __future__ import annotations

import datetime
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.organizations import Organization
from registry.reference.regions import PROVINCES


class Role(models.TextChoices):
    """A role as staff of the registry."""

    REVIEWER = "reviewer", _("reviewer")
    REGISTRAR = "registrar", _("registrar")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


class User(AbstractUser):
    """A person with an account."""

    is_service_account = models.BooleanField(
        _("service account"),
        default=False,
        help_text=_("A program: it uses the API with its tokens, and cannot sign in."),
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")
        verbose_name_plural = _("users")

    @cached_property
    def roles(self) -> dict[str, list[str]]:
        """The staff roles of this user, each with its provinces; empty for an inactive user. A superuser is an administrator."""
        held = {row.role: row.provinces for row in self.staff_roles.all()}
        return {**({Role.ADMINISTRATOR: []} if self.is_superuser else {}), **held} if self.is_active else {}

    def has_role(self, *roles: str) -> bool:
        return any(role in self.roles for role in roles)

    def remember_roles(self, roles: dict[str, list[str]], memberships: dict[int, str]) -> None:
        """Keep what was read together with the person, so that it is not read again."""
        administrator = {Role.ADMINISTRATOR: []} if self.is_superuser else {}
        self.__dict__["roles"] = {**administrator, **roles} if self.is_active else {}
        self.__dict__["memberships_in_force"] = memberships

    @cached_property
    def memberships_in_force(self) -> dict[int, str]:
        """The role of this person today in each organization, by the key of the organization."""
        return dict(Membership.objects.of(self).in_force().values_list("organization_id", "role"))

    @property
    def own_organizations(self) -> frozenset[int]:
        """The keys of the organizations in which this person has a role today."""
        return frozenset(self.memberships_in_force)

    @property
    def filer_organizations(self) -> frozenset[int]:
        """The keys of the organizations for which this person may file today."""
        roles = self.memberships_in_force.items()
        return frozenset(key for key, role in roles if role == MembershipRole.FILER)

    @property
    def reviewed_provinces(self) -> list[str]:
        return self.roles.get(Role.REVIEWER, [])


class SignInDevice(models.Model):
    """A browser in which a person signed in, recognized by a cookie whose SHA-256 is `mark`."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_in_devices")
    mark = models.CharField(max_length=64)
    browser = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=64, blank=True)
    first_used_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "mark"], name="a_device_of_a_person_is_known_once")]

    def __str__(self) -> str:
        return self.browser or self.address


class StaffRole(models.Model):
    """A role of a staff member. The role of a reviewer is limited to provinces."""

    user = models.ForeignKey(User, models.CASCADE, related_name="staff_roles", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    provinces = models.JSONField(
        _("provinces"),
        default=list,
        blank=True,
        help_text=_('For reviewers: a list of two-digit province codes, such as ["11", "44"].'),
    )

    class Meta:
        verbose_name = _("staff role")
        verbose_name_plural = _("staff roles")
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="a_person_has_a_staff_role_once")]

    def __str__(self) -> str:
        return str(self.get_role_display())

    def clean(self) -> None:
        """Raise ValidationError if `provinces` is not a list of province codes."""
        given = self.provinces if isinstance(self.provinces, list) else [None]
        if not all(isinstance(code, str) and code in PROVINCES for code in given):
            raise ValidationError({"provinces": _('Enter a list of two-digit province codes, such as ["11", "44"].')})


class MembershipRole(models.TextChoices):
    """A role in an organization."""

    FILER = "filer", _("filer")
    VIEWER = "viewer", _("viewer")


def is_mandate_in_force(since: datetime.date | None, until: datetime.date | None, day: datetime.date) -> bool:
    """The condition of `MembershipQuerySet.in_force` for one mandate."""
    return (since is None or since <= day) and (until is None or until >= day)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, day: datetime.date | None = None) -> MembershipQuerySet:
        """Return the memberships whose mandate is in force on the day (default: today)."""
        day = day or timezone.localdate()
        has_started = Q(mandate_from__isnull=True) | Q(mandate_from__lte=day)
        not_ended = Q(mandate_until__isnull=True) | Q(mandate_until__gte=day)
        return self.filter(has_started & not_ended)

    def of(self, user: User) -> MembershipQuerySet:
        return self.filter(user=user, user__is_active=True)

    def filing(self) -> MembershipQuerySet:
        return self.filter(role=MembershipRole.FILER)


class Membership(models.Model):
    """The role of a user in an organization. An agent, such as a law firm, has the role under a mandate."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("user"))
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="memberships", verbose_name=_("organization")
    )
    role = models.CharField(_("role"), max_length=16, choices=MembershipRole.choices)
    is_administrator = models.BooleanField(
        _("administrator of the organization"),
        default=False,
        help_text=_("Invites people into the organization, and sets their roles and mandates."),
    )
    mandate = models.CharField(_("mandate document"), max_length=200, blank=True)
    # The document as a file, for whoever administers the organization and the member.
    mandate_file = models.FileField(_("mandate file"), upload_to="mandates/", max_length=200, blank=True)
    mandate_filename = models.CharField(_("name of the mandate file"), max_length=255, blank=True)
    mandate_from = models.DateField(_("mandate from"), null=True, blank=True)
    mandate_until = models.DateField(_("mandate until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "organization"], name="a_person_has_one_role_in_an_organization"),
            models.CheckConstraint(
                condition=Q(mandate_from__isnull=True)
                | Q(mandate_until__isnull=True)
                | Q(mandate_from__lte=models.F("mandate_until")),
                name="a_mandate_ends_after_it_begins",
                violation_error_message=_("The mandate must not end before it begins. Correct one of the two dates."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organization}"
