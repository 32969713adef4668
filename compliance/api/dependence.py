"""Dependence statistics over the API: what services are built on, and what breaks if it is barred."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.filings.workflow import STATUSES
from compliance.models import Kind
from compliance.statistics.dependence import trace_models_in_use
from compliance.statistics.what_breaks import Barred, what_breaks
from registry.api import parameters
from registry.api.ancestry import models_or_problem
from registry.api.endpoint import Endpoint, operation
from registry.api.parameters import bad_query
from registry.api.requests import user_of
from registry.lineage.ancestry import WAYS
from registry.models import User
from registry.reference.base_models import families

Fields = serializers.Serializer[Any]
THROUGH = parameters.choice("through", list(WAYS), "Relations to follow. Defaults to weights.", "weights")
# Calculations with later days could overflow; nothing that is known today changes after this one.
LAST_DAY = date(9000, 12, 31)
DAY = parameters.day("on", "Date of the statistics. Defaults to today.")


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
    may_omit = ("groups",)

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


class DependenceView(Endpoint):
    """Dependence statistics."""

    FILTERS = [
        DAY,
        THROUGH,
        parameters.choice("by", ["country", "family", "license"], "Defaults to country.", "country"),
        parameters.choice("group", ["province", "applicant", "year", "kind"]),
        parameters.choice("kind", [Kind.GENERATIVE, Kind.REGISTRATION]),
        parameters.choice("status", list(STATUSES), "Status of the filing on the date of the statistics."),
        parameters.province(),
        parameters.uscc("applicant", "USCC of the applicant."),
        parameters.uuid("filing", "Restrict to these filings. Can be repeated.", most=50),
    ]

    @operation("statistics_dependence", "Statistics", {200: DependenceSerializer}, parameters=FILTERS)
    def get(self, request: Request) -> Response:
        """
        Count what the models in use are built on: the share that derives from base models of each country, family or
        license, on a given date. Only submitted filings that you may see are counted.
        """
        query = self.query
        models = trace_models_in_use(
            user_of(request), day=_day(query), through=WAYS[query["through"]], filters=_conditions(query)
        )
        return Response(DependenceSerializer(models.count(query["by"], query["group"])).data)


class WhatBreaksView(Endpoint):
    """What breaks if a family, a country or a model is barred."""

    BARRED = [
        parameters.choice("family", sorted(families()), "Model family of the catalog."),
        parameters.country("country", "Country code (ISO 3166-1) of base models."),
        parameters.uuid("model", "One AI model."),
    ]

    @operation(
        "statistics_what_breaks",
        "Statistics",
        {200: WhatBreaksSerializer},
        parameters=[DAY, THROUGH, *BARRED],
        exactly_one_of=("barred", "What is barred: exactly one of `family`, `country` and `model`.", BARRED),
    )
    def get(self, request: Request) -> Response:
        """Return the filings, applicants and users that depend on a family, a country's base models or one model."""
        user, query = user_of(request), self.query
        counts = what_breaks(user, _barred(query, user), through=WAYS[query["through"]], day=_day(query))
        return Response(WhatBreaksSerializer(counts).data)


def _barred(query: dict[str, Any], user: User) -> Barred:
    given = [name for name in ("family", "country", "model") if query[name]]
    if len(given) != 1:
        raise bad_query("family", _("Specify exactly one of `family`, `country` and `model`."))
    models = models_or_problem([query["model"]], user) if query["model"] else []
    return Barred(query["family"] or "", query["country"] or "", frozenset(model.pk for model in models))


def _day(query: dict[str, Any]) -> date:
    return min(query["on"] or timezone.localdate(), LAST_DAY)


def _conditions(query: dict[str, Any]) -> Q:
    columns = {"kind": "kind", "status": "status_then", "province": "province", "applicant": "applicant__uscc"}
    conditions = Q(**{column: query[name] for name, column in columns.items() if query[name]})
    return conditions & Q(uid__in=query["filing"]) if query["filing"] else conditions
