"""Checking without storing, the catalog of rules, and the schema of the dossier."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.api import problems
from compliance.api.filings import MALFORMED, body_of
from compliance.api.serializers import CheckSerializer, DossierDocument, RulesSerializer
from compliance.days import day_from
from compliance.dossier.json_schema import dossier_json_schema
from compliance.rules.catalog import CATALOG
from compliance.rules.evaluation import evaluate
from compliance.rules.wording import in_words
from registry.api.requests import bad_query

AS_OF = OpenApiParameter("as_of", OpenApiTypes.DATE, description="Judge as of this day, not today.")


class CheckView(APIView):
    """Checking without storing."""

    @extend_schema(
        operation_id="check",
        parameters=[AS_OF],
        request=DossierDocument,
        responses={200: CheckSerializer, **MALFORMED},
    )
    def post(self, request: Request) -> Response:
        """Check a dossier by the rules, as a file on its own: nothing is stored, nothing is asked of the registry."""
        today = _as_of(request)
        outcome = evaluate(problems.parsed_or_problem(body_of(request)).dossier, today=today)
        language = problems.reader_language()
        return Response(
            {
                "as_of": today.isoformat(),
                "next_look_on": outcome.look_again_on,
                "malformed": [],
                "findings": [in_words(finding, language) for finding in outcome.findings],
            }
        )


class RulesView(APIView):
    """The catalog."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="rules_list", responses=RulesSerializer, auth=[])
    def get(self, request: Request) -> Response:
        """List all rules, in your language."""
        return Response(RulesSerializer({"results": list(CATALOG)}).data)


class DossierSchemaView(APIView):
    """The JSON Schema of the dossier."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="dossier_schema", responses=OpenApiTypes.OBJECT, auth=[])
    def get(self, request: Request) -> Response:
        """Read the JSON Schema (2020-12) of the dossier."""
        return Response(dossier_json_schema(), content_type="application/schema+json")


def _as_of(request: Request) -> date:
    text = request.query_params.get("as_of")
    if text is None:
        return timezone.localdate()
    try:
        return day_from(text)
    except ValueError as error:
        raise bad_query("as_of", _("as_of is no day of the calendar; write it as YYYY-MM-DD.")) from error
