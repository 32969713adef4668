"""Checks that store nothing, the catalog of rules, and the JSON Schema of the dossier."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.api import problems
from compliance.api.filings import MALFORMED, body_of, find_filing
from compliance.api.serializers import CheckSerializer, DossierDocument, ProblemSerializer, RulesSerializer
from compliance.checking.case_facts import cases_of
from compliance.dossier.days import day_from
from compliance.dossier.json_schema import dossier_json_schema
from compliance.dossier.schema import Dossier
from compliance.rules.catalog import CATALOG
from compliance.rules.comparing import Comparison, as_of, compared
from compliance.rules.context import A_FILE_ON_ITS_OWN, Facts
from compliance.rules.evaluation import Outcome, evaluate
from compliance.rules.problems import Finding
from compliance.rules.wording import describe
from registry.api.requests import bad_query, refuse_unknown, user_of

AS_OF = OpenApiParameter("as_of", OpenApiTypes.DATE, description="Check as of this date. Defaults to today.")
COMPARE_TO = OpenApiParameter(
    "compare_to", OpenApiTypes.DATE, description="Also return what changes from the date of the check to this date."
)


class CheckView(APIView):
    """Checking a dossier without storing it."""

    @extend_schema(
        operation_id="check",
        parameters=[AS_OF, COMPARE_TO],
        request=DossierDocument,
        responses={200: CheckSerializer, **MALFORMED},
    )
    def post(self, request: Request) -> Response:
        """Check a dossier against the rules. Nothing is stored, and data of the registry is not used."""
        refuse_unknown(request, {"as_of", "compare_to"})
        day = _day(request, "as_of") or timezone.localdate()
        dossier = problems.parsed_or_problem(body_of(request)).dossier
        outcome = evaluate(dossier, today=day)
        return Response(_answer(outcome, day, _comparison(request, dossier, A_FILE_ON_ITS_OWN, day)))


class FilingCheckView(APIView):
    """Checking a filing as of another date."""

    @extend_schema(
        operation_id="filings_check",
        parameters=[AS_OF, COMPARE_TO],
        responses={200: CheckSerializer, 400: ProblemSerializer},
    )
    def get(self, request: Request, id: UUID) -> Response:
        """
        Check a filing as if it were submitted on a given date, using the data of the registry. Nothing is stored.

        Without parameters, the filing is checked in its current state. With `compare_to`, the response also lists the
        findings that are new, gone or changed on that date.
        """
        refuse_unknown(request, {"as_of", "compare_to"})
        filing = find_filing(request, id)
        requested_day = _day(request, "as_of")
        (case,) = cases_of([filing], as_submitted=filing.applicant_id not in user_of(request).own_organizations)
        day = requested_day or timezone.localdate()
        is_current_state = requested_day is None and "compare_to" not in request.query_params
        check = evaluate if is_current_state else as_of
        outcome = check(case.dossier, case.facts, today=day)
        return Response(_answer(outcome, day, _comparison(request, case.dossier, case.facts, day)))


def _comparison(request: Request, dossier: Dossier, facts: Facts, day: date) -> Comparison | None:
    other = _day(request, "compare_to")
    return compared(dossier, facts, day, other) if other else None


def _answer(outcome: Outcome, day: date, comparison: Comparison | None) -> dict[str, Any]:
    return {
        "as_of": day.isoformat(),
        "next_look_on": outcome.look_again_on,
        "malformed": [],
        "findings": _described(outcome.findings),
        "compared": _compared(comparison) if comparison else None,
    }


def _compared(comparison: Comparison) -> dict[str, Any]:
    parts = {"new": comparison.new, "gone": comparison.gone, "changed": comparison.changed}
    return {
        "compare_to": comparison.second.isoformat(),
        **{name: _described(findings) for name, findings in parts.items()},
    }


def _described(findings: list[Finding]) -> list[dict[str, Any]]:
    language = problems.reader_language()
    return [describe(finding, language) for finding in findings]


class RulesView(APIView):
    """The catalog of rules."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="rules_list", responses=RulesSerializer, auth=[])
    def get(self, request: Request) -> Response:
        """List all rules, in the language of the request."""
        return Response(RulesSerializer({"results": CATALOG.in_order()}).data)


class DossierSchemaView(APIView):
    """The JSON Schema of the dossier."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="dossier_schema", responses=OpenApiTypes.OBJECT, auth=[])
    def get(self, request: Request) -> Response:
        """Return the JSON Schema (2020-12) of the dossier."""
        return Response(dossier_json_schema(), content_type="application/schema+json")


def _day(request: Request, name: str) -> date | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        return day_from(text)
    except ValueError as error:
        message = _("%(name)s is not a valid date. Use the format YYYY-MM-DD.") % {"name": name}
        raise bad_query(name, message) from error
