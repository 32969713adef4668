"""Filters of the list of filings. Every filter is validated, and unknown filters are refused."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes
from rest_framework.request import Request

from compliance.filings.querysets import FilingQuerySet
from compliance.models import Action, Flag, Kind, Level, Status
from compliance.rules.catalog import CATALOG
from registry.api.requests import choice_param, pattern_param, refuse_unknown, user_of, uuid_param
from registry.lineage.walks import below, below_roots_of
from registry.models import AIModel, ModelStatement, User
from registry.numbers.forms import number_key

FILTERS = [
    OpenApiParameter("q", str, description="Search in case number, service, reference, applicant and USCC."),
    OpenApiParameter("status", str, enum=Status.values),
    OpenApiParameter("kind", str, enum=Kind.values),
    OpenApiParameter("action", str, enum=Action.values),
    OpenApiParameter("applicant", str, description="USCC of the applicant."),
    OpenApiParameter("province", str, description="Two-digit code of the province."),
    OpenApiParameter("rule", str, description="Code of a rule that has an open flag."),
    OpenApiParameter("level", str, enum=Level.values, description="Level of an open flag."),
    OpenApiParameter("number", str, description="Official number of the filing."),
    OpenApiParameter(
        "base_model", OpenApiTypes.UUID, description="AI model that must be among the ancestors, at any depth."
    ),
    OpenApiParameter("root_country", str, description="Country code (ISO 3166-1) of a root of the lineage."),
    OpenApiParameter("page_size", int),
    OpenApiParameter("cursor", str),
]


def filter_filings(request: Request, filings: FilingQuerySet) -> FilingQuerySet:
    """Filter filings by the query of a request. Raises a Problem (400) that names the invalid filter."""
    refuse_unknown(request, {parameter.name for parameter in FILTERS})
    for name, choices in (("status", Status.values), ("kind", Kind.values), ("action", Action.values)):
        if code := choice_param(request, name, choices):
            filings = filings.filter(**{name: code})
    if uscc := request.query_params.get("applicant"):
        filings = filings.filter(applicant__uscc=uscc)
    if province := pattern_param(
        request, "province", "[0-9]{2}", _("Use the two-digit code of a province, such as 44.")
    ):
        filings = filings.filter(province=province)
    if number := request.query_params.get("number"):
        filings = filings.filter(official_number__key=number_key(number))
    if query := request.query_params.get("q"):
        filings = filings.found_by(query)
    return _by_lineage(request, _by_flags(request, filings))


def _by_flags(request: Request, filings: FilingQuerySet) -> FilingQuerySet:
    given = {
        "rule": choice_param(request, "rule", [rule.code for rule in CATALOG]),
        "level": choice_param(request, "level", Level.values),
    }
    conditions = {name: value for name, value in given.items() if value}
    if not conditions:
        return filings
    return filings.filter(pk__in=Flag.objects.open().filter(**conditions).values("filing"))


def _by_lineage(request: Request, filings: FilingQuerySet) -> FilingQuerySet:
    user = user_of(request)
    if base := uuid_param(request, "base_model"):
        start = AIModel.objects.visible_to(user).filter(uid=base).values_list("pk", flat=True)
        filings = _using(filings, below(start, user), user)
    message = _("Use a country code of two capital letters (ISO 3166-1), such as US.")
    if country := pattern_param(request, "root_country", "[A-Z]{2}", message):
        filings = _using(filings, below_roots_of(country, user), user)
    return filings


def _using(filings: FilingQuerySet, models: object, user: User) -> FilingQuerySet:
    """Return the filings whose service uses one of these models."""
    used = ModelStatement.objects.visible_to(user).filter(model__in=models, used_by_service=True)
    return filings.filter(source__in=used.values("source"))
