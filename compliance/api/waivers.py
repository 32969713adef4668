"""Waiving flags over the API."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api import problems
from compliance.api.filings import body_of, find_filing
from compliance.api.requests import parse_texts
from compliance.api.serializers import FlagIdentitySerializer, FlagSerializer, WaivingSerializer
from compliance.filings import actions
from registry.api.endpoint import REVIEW, Endpoint, operation
from registry.api.etags import IF_MATCH, expected_version
from registry.api.parameters import day_in
from registry.api.problems import Problem
from registry.api.requests import user_of

_IDENTITY = ("rule", "at", "variant")
_ANSWER = {200: FlagSerializer}


class WaiveView(Endpoint):
    """Waiving a flag."""

    @operation(
        "flags_waive",
        "Filings",
        _ANSWER,
        body=WaivingSerializer,
        headers=[IF_MATCH],
        refuses=(409, 412),
        scope=REVIEW,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Waive an open flag through a day, with a reason. The waiver ends when the flagged content changes."""
        filing = find_filing(request, id)
        body = parse_texts(body_of(request), *_IDENTITY, "until", "reason")
        with problems.refusals_as_problems():
            flag = actions.waive_flag(
                filing,
                (body["rule"], body["at"], body["variant"]),
                until=day_in_or_problem(body["until"]),
                reason=body["reason"],
                by=user_of(request),
                expected_version=expected_version(request.headers),
            )
        return Response(FlagSerializer(flag).data)


class LiftWaiverView(Endpoint):
    """Lifting a waiver."""

    @operation(
        "flags_lift_waiver",
        "Filings",
        _ANSWER,
        body=FlagIdentitySerializer,
        headers=[IF_MATCH],
        refuses=(409, 412),
        scope=REVIEW,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Lift the waiver of a flag. A reason is required."""
        filing = find_filing(request, id)
        body = parse_texts(body_of(request), *_IDENTITY, "reason")
        with problems.refusals_as_problems():
            flag = actions.lift_waiver(
                filing,
                (body["rule"], body["at"], body["variant"]),
                reason=body["reason"],
                by=user_of(request),
                expected_version=expected_version(request.headers),
            )
        return Response(FlagSerializer(flag).data)


def day_in_or_problem(text: str) -> date:
    """Parse the last day of a waiver. Raises a Problem (400) if it is not a valid date."""
    day = day_in(text)
    if day is None:
        message = _("Enter the last day of the waiver in the format YYYY-MM-DD.")
        raise Problem.at("/until", 400, "bad_day", _("Invalid date"), message)
    return day
