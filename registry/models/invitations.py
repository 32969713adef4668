"""Invitations of people into organizations, and the history of who belongs to them."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import EmailValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from registry.models.organizations import Organization
from registry.models.people import MembershipRole


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        """Return the invitations that can be accepted now."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, ends_at__gt=timezone.now())

    def to_mail(self) -> InvitationQuerySet:
        """Return the invitations whose mail is due."""
        return self.open().filter(mailed_at__isnull=True, mail_due_at__lte=timezone.now())


class Invitation(models.Model):
    """
    An invitation by mail to become a member of an organization. Its link ends; it can be accepted once.

    The text of the link is signed, not stored (see registry.membership.inviting).
    """

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="invitations", verbose_name=_("organization")
    )
    email = models.CharField(_("e-mail"), max_length=254, validators=[EmailValidator()])
    role = models.CharField(_("role"), max_length=16, choices=MembershipRole.choices)
    is_administrator = models.BooleanField(_("administrator of the organization"), default=False)
    mandate = models.CharField(_("mandate document"), max_length=200, blank=True)
    mandate_from = models.DateField(_("mandate from"), null=True, blank=True)
    mandate_until = models.DateField(_("mandate until"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=2, default="zh")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    invited_at = models.DateTimeField(_("invited at"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("accepted by")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    mail_due_at = models.DateTimeField(default=timezone.now)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(_("mailed at"), null=True)
    mail_error = models.CharField(_("error"), max_length=300, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="an_address_is_invited_once_at_a_time",
            )
        ]
        indexes = [
            models.Index(
                fields=["mail_due_at"],
                condition=Q(mailed_at__isnull=True, accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitations_to_mail",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.organization}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and self.ends_at > timezone.now()


class MembershipVerb(models.TextChoices):
    """What happened to the membership of a person."""

    INVITED = "invited", _("invited")
    WITHDRAWN = "withdrawn", _("invitation withdrawn")
    JOINED = "joined", _("joined")
    CHANGED = "changed", _("membership changed")
    REMOVED = "removed", _("removed")


class MembershipEvent(models.Model):
    """One line of the history of who belongs to an organization. Lines are only added."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="membership_events", verbose_name=_("organization")
    )
    verb = models.CharField(_("event"), max_length=12, choices=MembershipVerb.choices)
    # The name of an account, or the address of somebody invited.
    person = models.CharField(_("person"), max_length=254)
    at = models.DateTimeField(_("time"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("performed by"))
    data = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("membership event")
        verbose_name_plural = _("membership events")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.verb} {self.person}"
