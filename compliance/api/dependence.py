"""Dependence statistics over the API: what services are built on, and what breaks if it is barred."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.filings.workflow import STATUSES
from compliance.models import Kind
from compliance.statistics.dependence import trace_models_in_use
from compliance.statistics.what_breaks import Barred, what_breaks
from registry.api.requests import bad_query, choice_param, day_in, pattern_param, refuse_unknown, user_of, uuid_param
from registry.lineage.ancestry import WAYS
from registry.lineage.walks import Through
from registry.models import AIModel
from registry.reference.base_models import FAMILIES

Fields = serializers.Serializer[Any]
THROUGH = OpenApiParameter("through", str, enum=list(WAYS), description="Relations to follow. Defaults to weights.")
# Days after this year are refused, because calculations with them could overflow.
LAST_YEAR = 9000
DAY = OpenApiParameter("on", OpenApiTypes.DATE, description="Date of the statistics. Defaults to today.")


class ShareSerializer(Fields):
    models = serializers.IntegerField()
    share = serializers.FloatField()


class OriginsSerializer(Fields):
    """Domestic: all roots are Chinese. Foreign: at least one root is not. Unknown: all other models."""

    domestic = ShareSerializer()
    foreign = ShareSerializer()
    unknown = ShareSerializer()


class DependenceRowSerializer(Fields):
    value = serializers.CharField()
    models = serializers.IntegerField()
    share = serializers.FloatField(
        help_text="Share of all models in use, 0 to 1. A model is counted under each of its values."
    )
    filings = serializers.IntegerField()
    applicants = serializers.IntegerField()


class CountedSerializer(Fields):
    filings = serializers.IntegerField()
    models = serializers.IntegerField()
    origins = OriginsSerializer()
    rows = DependenceRowSerializer(many=True)


class GroupSerializer(CountedSerializer):
    value = serializers.CharField()
    label = serializers.CharField()


class DependenceSerializer(CountedSerializer):
    on = serializers.DateField()
    through = serializers.CharField()
    by = serializers.CharField()
    groups = GroupSerializer(many=True, required=False)


class StruckSerializer(Fields):
    filing = serializers.UUIDField()
    case_number = serializers.CharField()
    service = serializers.CharField()
    kind = serializers.CharField()
    status = serializers.CharField()
    province = serializers.CharField()
    applicant = serializers.CharField()
    uscc = serializers.CharField(allow_null=True)
    monthly_active_users = serializers.IntegerField(allow_null=True)
    models = serializers.ListField(child=serializers.CharField())


class InProvinceSerializer(Fields):
    province = serializers.CharField()
    filings = serializers.IntegerField()


class WhatBreaksSerializer(Fields):
    on = serializers.DateField()
    through = serializers.CharField()
    models = serializers.IntegerField()
    filings = serializers.IntegerField()
    applicants = serializers.IntegerField()
    monthly_active_users = serializers.IntegerField()
    users_not_said = serializers.IntegerField(help_text="Number of filings that do not declare monthly active users.")
    by_province = InProvinceSerializer(many=True)
    rows = StruckSerializer(many=True)


class DependenceView(APIView):
    """Dependence statistics."""

    FILTERS = [
        DAY,
        THROUGH,
        OpenApiParameter("by", str, enum=["country", "family", "license"], description="Defaults to country."),
        OpenApiParameter("group", str, enum=["province", "applicant", "year", "kind"]),
        OpenApiParameter("kind", str, enum=[Kind.GENERATIVE, Kind.REGISTRATION]),
        OpenApiParameter(
            "status", str, enum=list(STATUSES), description="Status of the filing on the date of the statistics."
        ),
        OpenApiParameter("province", str, description="Two-digit code of the province."),
        OpenApiParameter("applicant", str, description="USCC of the applicant."),
        OpenApiParameter(
            "filing", OpenApiTypes.UUID, many=True, description="Restrict to these filings. Can be repeated."
        ),
    ]

    @extend_schema(operation_id="statistics_dependence", parameters=FILTERS, responses=DependenceSerializer)
    def get(self, request: Request) -> Response:
        """
        Count what the models in use are built on: the share that derives from base models of each country, family or
        license, on a given date. Only submitted filings that you may see are counted.
        """
        refuse_unknown(request, {parameter.name for parameter in self.FILTERS})
        by = choice_param(request, "by", ("country", "family", "license")) or "country"
        group = choice_param(request, "group", ("province", "applicant", "year", "kind"))
        models = trace_models_in_use(
            user_of(request), day=_day(request), through=_through(request), filters=_conditions(request)
        )
        counts = models.count(by, group)  # type: ignore[arg-type]
        return Response(DependenceSerializer(counts).data)


class WhatBreaksView(APIView):
    """What breaks if a family, a country or a model is barred."""

    FILTERS = [
        DAY,
        THROUGH,
        OpenApiParameter("family", str, enum=sorted(FAMILIES), description="Model family of the catalog."),
        OpenApiParameter("country", str, description="Country code (ISO 3166-1) of base models."),
        OpenApiParameter("model", OpenApiTypes.UUID, description="One AI model."),
    ]

    @extend_schema(operation_id="statistics_what_breaks", parameters=FILTERS, responses=WhatBreaksSerializer)
    def get(self, request: Request) -> Response:
        """Return the filings, applicants and users that depend on a family, a country's base models or one model."""
        refuse_unknown(request, {parameter.name for parameter in self.FILTERS})
        counts = what_breaks(user_of(request), _barred(request), through=_through(request), day=_day(request))
        return Response(WhatBreaksSerializer(counts).data)


def _barred(request: Request) -> Barred:
    given = [name for name in ("family", "country", "model") if request.query_params.get(name)]
    if len(given) != 1:
        raise bad_query("family", _("Specify exactly one of `family`, `country` and `model`."))
    family = choice_param(request, "family", list(FAMILIES)) or ""
    country = pattern_param(
        request, "country", "[A-Z]{2}", _("Use a country code of two capital letters (ISO 3166-1), such as US.")
    )
    uid = uuid_param(request, "model")
    models = AIModel.objects.visible_to(user_of(request)).filter(uid=uid) if uid else AIModel.objects.none()
    if uid and not models:
        raise bad_query(
            "model", _("These AI models do not exist, or you are not allowed to see them: %(ids)s.") % {"ids": uid}
        )
    return Barred(family, country or "", frozenset(models.values_list("pk", flat=True)))


def _through(request: Request) -> Through:
    return WAYS[choice_param(request, "through", list(WAYS)) or "weights"]


def _day(request: Request) -> date:
    text = request.query_params.get("on")
    day = day_in(text) if text is not None else timezone.localdate()
    if day is None or day.year > LAST_YEAR:
        raise bad_query("on", _("Use a date in the format YYYY-MM-DD."))
    return day


def _conditions(request: Request) -> Q:
    conditions = Q()
    for name, column, choices in (("kind", "kind", Kind.values), ("status", "status_then", list(STATUSES))):
        if value := choice_param(request, name, choices):
            conditions &= Q(**{column: value})
    if province := pattern_param(
        request, "province", "[0-9]{2}", _("Use the two-digit code of a province, such as 44.")
    ):
        conditions &= Q(province=province)
    if uscc := request.query_params.get("applicant"):
        conditions &= Q(applicant__uscc=uscc)
    if filings := request.query_params.getlist("filing"):
        conditions &= Q(uid__in=_ids(filings))
    return conditions


def _ids(values: list[str]) -> list[UUID]:
    try:
        return [UUID(value) for value in values]
    except ValueError as error:
        raise bad_query("filing", _("Use ids of filings as listed by GET /filings/.")) from error
