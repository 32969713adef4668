"""Statements: what each source declares about organizations, AI models and services."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from registry.models.ai_models import AIModel
from registry.models.organizations import Organization
from registry.models.services import Service
from registry.models.sources import Source, Viewer, visibility_q
from registry.numbers.forms import NUMBER_LENGTH


class StatementQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Viewer) -> StatementQuerySet:
        """Return the statements whose source the user may see."""
        return self.filter(visibility_q(user, "source__"))

    def live(self) -> StatementQuerySet:
        return self.filter(source__is_live=True)


def _text(name: Any, length: int = 300) -> Any:
    return models.CharField(name, max_length=length, blank=True)


def _list(name: Any) -> Any:
    return models.JSONField(name, default=list, blank=True)


class OrganizationStatement(models.Model):
    """What a source declares about an organization."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="organizations", verbose_name=_("source"))
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="statements", verbose_name=_("organization")
    )
    name = models.TextField(_("name"), blank=True)
    name_en = models.TextField(_("English name"), blank=True)
    country = _text(_("country"), 2)
    entity_type = _text(_("entity type"), 32)
    region = _text(_("region"), 6)
    address = models.TextField(_("address"), blank=True)
    website = models.TextField(_("website"), blank=True)
    legal_representative = models.TextField(_("legal representative"), blank=True)
    governance = _list(_("safety systems"))

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement about an organization")
        verbose_name_plural = _("statements about organizations")

    def __str__(self) -> str:
        return self.name


class ModelStatement(models.Model):
    """
    What a source declares about an AI model. `named_model` is the record that the source names; `model` is the record
    that it was merged into, or the same record. `rank` is the place of the statement in the order of precedence (see
    registry.register.precedence); 0 comes first.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="models", verbose_name=_("source"))
    model = models.ForeignKey(AIModel, models.PROTECT, related_name="statements", verbose_name=_("AI model"))
    named_model = models.ForeignKey(AIModel, models.PROTECT, related_name="named_in", verbose_name=_("named model"))
    rank = models.PositiveSmallIntegerField(_("precedence"), default=9)
    is_developers_own = models.BooleanField(_("declared by the developer"), default=False)
    speaks_of_lineage = models.BooleanField(_("declares the lineage"), default=False)

    key = models.TextField(_("key in the dossier"), blank=True)
    name = models.TextField(_("name"), blank=True)
    version = models.TextField(_("version"), blank=True)
    developer_name = models.TextField(_("developer"), blank=True)
    developer_country = _text(_("country"), 2)
    used_by_service = models.BooleanField(_("used by the service"), null=True)
    access = _text(_("access"), 32)
    development = _text(_("development"), 32)
    modalities = _list(_("modalities"))
    parameters = models.BigIntegerField(_("number of parameters"), null=True)
    architecture = models.TextField(_("architecture"), blank=True)
    context_length = models.BigIntegerField(_("context length"), null=True)
    license = models.TextField(_("license"), blank=True)
    open_weights = models.BooleanField(_("open weights"), null=True)
    released_on = models.DateField(_("release date"), null=True)
    filing_number = models.TextField(_("filing number of the model"), blank=True)
    # The folded number, for lookups. Blank if the text is longer than any official number.
    filing_number_key = models.CharField(max_length=NUMBER_LENGTH, blank=True, editable=False)
    license_terms_met = _list(_("license terms met"))
    framework = models.TextField(_("training framework"), blank=True)
    training_started_on = models.DateField(_("training start"), null=True)
    training_ended_on = models.DateField(_("training end"), null=True)
    annotation = models.JSONField(_("annotation"), default=dict, blank=True)
    family = models.TextField(_("family"), blank=True)
    structure = models.JSONField(_("structure"), default=dict, blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement about an AI model")
        verbose_name_plural = _("statements about AI models")
        ordering = ["model", "rank", "-is_developers_own", "-source__stated_at", "-id"]
        indexes = [
            models.Index(fields=["model", "rank"], name="statements_by_precedence"),
            models.Index(
                fields=["filing_number_key"], condition=~models.Q(filing_number_key=""), name="statements_by_number"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Derivation(models.Model):
    """
    An edge of the lineage that a source declares: `child` derives from `parent`.

    A walk follows the edges of the statement that comes first in precedence: the first public statement
    (`walked_by_all`). If no public statement declares the lineage, owners follow their own statement
    (`walked_by_owner`) and staff the first statement of all (`walked_by_staff`). An edge that would close a cycle is
    stored, but never walked.
    """

    statement = models.ForeignKey(ModelStatement, models.CASCADE, related_name="derivations")
    source = models.ForeignKey(Source, models.CASCADE, related_name="derivations", verbose_name=_("source"))
    child = models.ForeignKey(AIModel, models.PROTECT, related_name="derivations", verbose_name=_("AI model"))
    parent = models.ForeignKey(AIModel, models.PROTECT, related_name="derived", verbose_name=_("parent"))
    named_parent = models.ForeignKey(AIModel, models.PROTECT, related_name="named_as_parent_in")
    relation = _text(_("relation"), 32)
    modified = models.BooleanField(_("modified"), null=True)
    evidence = models.TextField(_("evidence"), blank=True)
    passes_weights = models.BooleanField(_("weights inherited"), default=True)
    closes_cycle = models.BooleanField(_("would create a cycle"), default=False)
    walked_by_all = models.BooleanField(default=False)
    walked_by_owner = models.BooleanField(default=False)
    walked_by_staff = models.BooleanField(default=False)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("derivation")
        verbose_name_plural = _("derivations")
        indexes = [
            models.Index(fields=["parent", "child"], name="derivations_downward"),
            models.Index(fields=["closes_cycle"], condition=models.Q(closes_cycle=True), name="derivations_in_cycles"),
        ]

    def __str__(self) -> str:
        return f"{self.child} ← {self.parent}"


class TrainingCompute(models.Model):
    """What a source declares about the accelerators on which a model was trained."""

    statement = models.ForeignKey(ModelStatement, models.CASCADE, related_name="compute")
    source = models.ForeignKey(Source, models.CASCADE, related_name="compute", verbose_name=_("source"))
    accelerator = models.TextField(_("accelerator"), blank=True)
    vendor = models.TextField(_("vendor"), blank=True)
    vendor_country = _text(_("vendor country"), 2)
    count = models.BigIntegerField(_("number of accelerators"), null=True)
    hours = models.DecimalField(_("hours"), max_digits=20, decimal_places=4, null=True)
    location = models.TextField(_("location"), blank=True)
    ownership = _text(_("ownership"), 16)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("training compute")
        verbose_name_plural = _("training compute")

    def __str__(self) -> str:
        return self.accelerator


class TrainingDataDeclaration(models.Model):
    """What a source declares about a corpus on which a model was trained."""

    uid = models.UUIDField(_("id"), default=uuid7, unique=True, editable=False)
    statement = models.ForeignKey(ModelStatement, models.CASCADE, related_name="corpora")
    source = models.ForeignKey(Source, models.CASCADE, related_name="corpora", verbose_name=_("source"))
    position = models.PositiveIntegerField(_("position in the dossier"))
    name = models.TextField(_("name of the corpus"), blank=True)
    stage = _text(_("stage"), 32)
    source_type = _text(_("source type"), 32)
    origin = _text(_("origin"), 16)
    modality = _text(_("modality"), 16)
    languages = _list(_("languages"))
    items = models.BigIntegerField(_("items"), null=True)
    tokens = models.BigIntegerField(_("tokens"), null=True)
    bytes = models.BigIntegerField(_("bytes"), null=True)
    source_name = models.TextField(_("source name"), blank=True)
    source_url = models.TextField(_("source URL"), blank=True)
    license = models.TextField(_("license"), blank=True)
    collected_from = models.DateField(_("collected from"), null=True)
    collected_to = models.DateField(_("collected to"), null=True)
    proof = _list(_("proof of source"))
    robots_respected = models.BooleanField(_("robots exclusion respected"), null=True)
    checks = models.JSONField(_("checks and samples"), default=dict, blank=True)
    filters = _list(_("filters"))
    personal_information = models.BooleanField(_("contains personal information"), null=True)
    personal_information_basis = _text(_("basis for personal information"), 16)
    sensitive_personal_information = models.BooleanField(_("contains sensitive personal information"), null=True)
    separate_consent = models.BooleanField(_("separate consent"), null=True)
    generator_model = models.TextField(_("generating model"), blank=True)
    generated_on = models.DateField(_("generation date"), null=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("training-data declaration")
        verbose_name_plural = _("training-data declarations")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class ServiceStatement(models.Model):
    """What a source declares about a service."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="services", verbose_name=_("source"))
    service = models.ForeignKey(Service, models.PROTECT, related_name="statements", verbose_name=_("service"))
    name = models.TextField(_("name"))
    forms = _list(_("service forms"))
    urls = _list(_("URLs"))
    description = models.TextField(_("description"), blank=True)
    domain = _text(_("application domain"), 32)
    functions = _list(_("functions"))
    public = models.BooleanField(_("offered to the public"), null=True)
    opinion_capacity = models.BooleanField(_("capacity to shape opinion or mobilize the public"), null=True)
    launched_on = models.DateField(_("launch date"), null=True)
    terminated_on = models.DateField(_("termination date"), null=True)
    monthly_active_users = models.BigIntegerField(_("monthly active users"), null=True)
    registered_users = models.BigIntegerField(_("registered users"), null=True)
    serves_minors = models.BooleanField(_("serves minors"), null=True)
    anthropomorphic = models.BooleanField(_("anthropomorphic interaction"), null=True)
    virtual_companion = models.BooleanField(_("virtual companion"), null=True)
    algorithm_name = models.TextField(_("name of the algorithm"), blank=True)
    algorithm_type = _text(_("algorithm type"), 32)
    algorithm_role = _text(_("role"), 32)
    algorithm_filing_number = models.TextField(_("algorithm filing number"), blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement about a service")
        verbose_name_plural = _("statements about services")

    def __str__(self) -> str:
        return self.name
