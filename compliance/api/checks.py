"""Checks that store nothing, the catalog of rules, and the JSON Schema of the dossier."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api import problems
from compliance.api.filings import body_of, find_filing
from compliance.api.rule_serializers import RuleSerializer
from compliance.api.serializers import CheckSerializer, DossierDocument
from compliance.checking.case_facts import cases_of
from compliance.dossier.json_schema import dossier_json_schema
from compliance.dossier.schema import Dossier
from compliance.rules.catalog import CATALOG
from compliance.rules.comparing import Comparison, as_of, compared
from compliance.rules.context import A_FILE_ON_ITS_OWN, Facts
from compliance.rules.evaluation import Outcome, evaluate
from compliance.rules.problems import Finding
from compliance.rules.wording import describe
from registry.api import parameters
from registry.api.endpoint import Endpoint, listing_of, operation
from registry.api.requests import user_of

DAYS = [
    parameters.day("as_of", "Check as of this date. Defaults to today."),
    parameters.day("compare_to", "Also return what changes from the date of the check to this date."),
]


class CheckView(Endpoint):
    """Checking a dossier without storing it."""

    @operation("check", "Checks", {200: CheckSerializer}, parameters=DAYS, body=DossierDocument)
    def post(self, request: Request) -> Response:
        """Check a dossier against the rules. Nothing is stored, and data of the registry is not used."""
        day = self.query["as_of"] or timezone.localdate()
        dossier = problems.parsed_or_problem(body_of(request)).dossier
        outcome = evaluate(dossier, today=day)
        return Response(_answer(outcome, day, _comparison(self.query, dossier, A_FILE_ON_ITS_OWN, day)))


class FilingCheckView(Endpoint):
    """Checking a filing as of another date."""

    @operation("filings_check", "Checks", {200: CheckSerializer}, parameters=DAYS)
    def get(self, request: Request, id: UUID) -> Response:
        """
        Check a filing as if it were submitted on a given date, using the data of the registry. Nothing is stored.

        Without parameters, the filing is checked in its current state. With `compare_to`, the response also lists the
        findings that are new, gone or changed on that date.
        """
        filing = find_filing(request, id)
        requested_day = self.query["as_of"]
        (case,) = cases_of([filing], as_submitted=filing.applicant_id not in user_of(request).own_organizations)
        day = requested_day or timezone.localdate()
        is_current_state = requested_day is None and self.query["compare_to"] is None
        check = evaluate if is_current_state else as_of
        outcome = check(case.dossier, case.facts, today=day)
        return Response(_answer(outcome, day, _comparison(self.query, case.dossier, case.facts, day)))


def _comparison(query: dict[str, Any], dossier: Dossier, facts: Facts, day: date) -> Comparison | None:
    other = query["compare_to"]
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


class RulesView(Endpoint):
    """The catalog of rules."""

    permission_classes = [AllowAny]

    @operation("rules_list", "Rules", {200: listing_of(RuleSerializer)}, public=True)
    def get(self, request: Request) -> Response:
        """List all rules, in the language of the request."""
        return Response({"results": RuleSerializer(CATALOG.in_order(), many=True).data})


class RuleView(Endpoint):
    """One rule."""

    permission_classes = [AllowAny]

    @operation("rules_read", "Rules", {200: RuleSerializer}, public=True)
    def get(self, request: Request, code: str) -> Response:
        """Return a rule, in the language of the request and in both."""
        try:
            return Response(RuleSerializer(CATALOG[code]).data)
        except KeyError as error:
            raise Http404 from error


class DossierSchemaView(Endpoint):
    """The JSON Schema of the dossier."""

    permission_classes = [AllowAny]

    @operation(
        "dossier_schema",
        "Meta",
        {(200, "application/schema+json"): {"type": "object", "additionalProperties": True}},
        public=True,
    )
    def get(self, request: Request) -> Response:
        """Return the JSON Schema (2020-12) of the dossier."""
        return Response(dossier_json_schema(), content_type="application/schema+json")
