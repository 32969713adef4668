"""Official numbers: one table of the numbers that the authority issued, and the rows of the published lists that contain them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from registry.models.ai_models import AIModel
from registry.models.organizations import Organization
from registry.models.services import Service
from registry.models.sources import Source
from registry.numbers.forms import algorithm_number, number_key
from registry.search import Searchable, matching


class NumberKind(models.TextChoices):
    ALGORITHM = "algorithm", _("algorithm filing")
    GENERATIVE = "generative", _("generative-service filing")
    REGISTRATION = "registration", _("registration")


class NumberStatus(models.TextChoices):
    FILED = "filed", _("filed")
    REGISTERED = "registered", _("registered")
    SUSPENDED = "suspended", _("suspended")
    REVOKED = "revoked", _("revoked")
    CANCELLED = "cancelled", _("cancelled")


def in_force(kind: str) -> str:
    """Return the status of a number of this kind while it is in force."""
    return NumberStatus.REGISTERED if kind == NumberKind.REGISTRATION else NumberStatus.FILED


class OfficialNumberQuerySet(models.QuerySet["OfficialNumber"]):
    def by_number(self, number: str) -> OfficialNumber | None:
        """Return the row of a number, whatever its width and case."""
        return self.filter(key=number_key(number)).first()

    def found_by(self, query: str) -> OfficialNumberQuerySet:
        return matching(self, query)


class OfficialNumber(Searchable):
    """
    A number that the authority issued, with its status. Numbers are unique and public.

    If `is_held_by_filing`, a filing of this registry holds the number: the filing determines its status and columns,
    and published lists only add listings to it.
    """

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    number = models.CharField(_("official number"), max_length=100)
    key = models.CharField(max_length=100, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=NumberKind.choices)
    status = models.CharField(_("status"), max_length=16, choices=NumberStatus.choices)
    issued_on = models.DateField(_("issued on"), null=True)
    is_held_by_filing = models.BooleanField(_("held by a filing"), default=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="official_numbers", verbose_name=_("holder")
    )
    holder = models.TextField(_("holder as published"), blank=True)
    title = models.TextField(_("name of the model, service or algorithm"), blank=True)
    jurisdiction = models.CharField(_("province"), max_length=2, blank=True)
    place = models.CharField(_("jurisdiction as published"), max_length=100, blank=True)
    algorithm_type = models.CharField(_("algorithm type"), max_length=32, blank=True)
    role = models.CharField(_("role"), max_length=32, blank=True)
    products = models.TextField(_("products"), blank=True)
    purpose = models.TextField(_("purpose"), blank=True)
    remark = models.TextField(_("remark"), blank=True)
    services = models.ManyToManyField(Service, related_name="official_numbers", verbose_name=_("services"))
    ai_models = models.ManyToManyField(AIModel, related_name="official_numbers", verbose_name=_("AI models"))

    objects = OfficialNumberQuerySet.as_manager()

    class Meta:
        verbose_name = _("official number")
        verbose_name_plural = _("official numbers")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NumberKind.values), name="a_number_has_a_known_kind"),
            models.CheckConstraint(condition=Q(status__in=NumberStatus.values), name="a_number_has_a_known_status"),
        ]
        indexes = [
            models.Index(fields=["kind", "status"], name="numbers_by_status"),
            models.Index(fields=["jurisdiction"], name="numbers_of_a_province"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def check_digit_fits(self) -> bool | None:
        """Whether the last digit of an algorithm number is the inferred check digit; None for other kinds. For information only."""
        read = algorithm_number(self.number)
        return read.check == read.inferred_check if read else None

    def search_texts(self) -> list[str | None]:
        return [self.number, self.title, self.holder, self.products]


class Listing(models.Model):
    """A row of a published list, as it was read. The same number may be in several lists."""

    number = models.ForeignKey(OfficialNumber, models.CASCADE, related_name="listings")
    source = models.ForeignKey(Source, models.PROTECT, related_name="listings", verbose_name=_("source"))
    # The announcement, such as 2024-04. Later ones take precedence.
    announced = models.CharField(_("announcement"), max_length=50, blank=True)
    row_number = models.CharField(_("number in the list"), max_length=50, blank=True)
    content = models.JSONField(_("content as published"))

    class Meta:
        verbose_name = _("row of a published list")
        verbose_name_plural = _("rows of published lists")
        ordering = ["announced", "id"]
        constraints = [
            models.UniqueConstraint(fields=["number", "source", "row_number"], name="a_row_of_a_list_is_kept_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.row_number}"


class NumberCounter(models.Model):
    """The last sequence number issued in a series. The row is locked while the next one is taken."""

    series = models.CharField(max_length=100, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("number counter")
        verbose_name_plural = _("number counters")

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"
