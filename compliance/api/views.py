"""The doors of the API: each reads the request, calls one action or one queryset, and answers."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance import actions
from compliance.api import problems
from compliance.api.etags import quoted, seen_by, version_of
from compliance.api.openapi import DossierExtension
from compliance.api.requests import CursorPages, bad_query, reason_in
from compliance.api.serializers import (
    CheckSerializer,
    CheckStateSerializer,
    DossierDocument,
    FilingSerializer,
    FlagSerializer,
    FlagsSerializer,
    ProblemSerializer,
    ReasonSerializer,
    RulesSerializer,
)
from compliance.days import day_from
from compliance.dossier.json_schema import dossier_json_schema
from compliance.models import Filing
from compliance.querysets import FilingQuerySet
from compliance.rules.catalog import CATALOG
from compliance.rules.evaluation import evaluate
from compliance.rules.wording import in_words
from registry.models import User

assert DossierExtension  # registers itself

AS_OF = OpenApiParameter("as_of", OpenApiTypes.DATE, description="Judge as of this day, not today.")
IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The ETag that GET gave.")
STANDING = OpenApiParameter("standing", str, enum=["standing", "resolved", "all"])
MALFORMED = {400: ProblemSerializer, 413: ProblemSerializer}


class FilingsView(APIView):
    """The filings that one may see, and the way to open one."""

    @extend_schema(operation_id="filings_list", responses=FilingSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the filings that you may see, the newest first."""
        pages = CursorPages()
        page = pages.paginate_queryset(_visible(request), request, view=self)
        return pages.get_paginated_response(FilingSerializer(page, many=True).data)

    @extend_schema(
        operation_id="filings_open",
        request=DossierDocument,
        responses={
            201: FilingSerializer,
            200: FilingSerializer,
            **MALFORMED,
            403: ProblemSerializer,
            409: ProblemSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        """Open a filing with a dossier. The same applicant, reference and dossier again give the same filing (200)."""
        parsed = problems.parsed_or_problem(_body(request))
        with problems.refusals_as_problems():
            filing, is_new = actions.open_filing(parsed, by=_user(request))
        filing = _found(request, filing.uid)
        return _filing_answer(filing, status=201 if is_new else 200)


class FilingView(APIView):
    """One filing."""

    @extend_schema(operation_id="filings_read", responses=FilingSerializer)
    def get(self, request: Request, id: UUID) -> Response:
        """Read a filing; its dossier and flags have addresses of their own."""
        return _filing_answer(_found(request, id))


class DossierView(APIView):
    """The dossier of a filing: the working copy while there is one, else the last revision."""

    @extend_schema(operation_id="dossier_read", responses=DossierDocument)
    def get(self, request: Request, id: UUID) -> HttpResponse:
        """Read the dossier in normal form, with its ETag."""
        kept = _found(request, id).kept_dossier()
        return _dossier_answer(kept.content, kept.sha256)

    @extend_schema(
        operation_id="dossier_write",
        request=DossierDocument,
        parameters=[IF_MATCH],
        responses={200: DossierDocument, **MALFORMED, **dict.fromkeys((403, 409, 412, 428), ProblemSerializer)},
    )
    def put(self, request: Request, id: UUID) -> HttpResponse:
        """Overwrite the working copy. If-Match must hold the ETag that you have seen."""
        filing = _found(request, id)
        if "If-Match" not in request.headers:
            raise problems.precondition_required(filing.kept_dossier().sha256)
        parsed = problems.parsed_or_problem(_body(request))
        with problems.refusals_as_problems():
            actions.edit_dossier(filing, parsed, by=_user(request), expecting=seen_by(request.headers))
        return _dossier_answer(parsed.canonical.text, parsed.canonical.sha256)


class SubmitView(APIView):
    """Submitting a filing."""

    @extend_schema(
        operation_id="filings_submit", request=None, responses={200: FilingSerializer, 409: ProblemSerializer}
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Freeze the working copy as the next revision and hand it to the authority."""
        filing = _found(request, id)
        with problems.refusals_as_problems():
            actions.submit_filing(filing, by=_user(request), expecting=seen_by(request.headers))
        return _filing_answer(_found(request, id))


class WithdrawView(APIView):
    """Withdrawing a filing."""

    @extend_schema(
        operation_id="filings_withdraw",
        request=ReasonSerializer,
        responses={200: FilingSerializer, 409: ProblemSerializer},
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Withdraw a draft or a submitted filing; its reference is free again."""
        filing = _found(request, id)
        reason = reason_in(_body(request))
        with problems.refusals_as_problems():
            actions.withdraw_filing(filing, by=_user(request), reason=reason, expecting=seen_by(request.headers))
        return _filing_answer(_found(request, id))


class FlagsView(APIView):
    """The flags of a filing."""

    @extend_schema(operation_id="flags_list", parameters=[STANDING], responses=FlagsSerializer)
    def get(self, request: Request, id: UUID) -> Response:
        """List the standing flags, with the day of the last check and whether one is due."""
        filing = _found(request, id)
        pages = CursorPages()
        pages.ordering, pages.page_size = "id", 100
        page = pages.paginate_queryset(_flags(request, filing), request, view=self)
        listed = pages.get_paginated_response(FlagSerializer(page, many=True).data)
        return Response({**CheckStateSerializer(filing).data, **listed.data})


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
        outcome = evaluate(problems.parsed_or_problem(_body(request)).dossier, today=today)
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


def _user(request: Request) -> User:
    user = request.user
    assert isinstance(user, User)
    return user


def _visible(request: Request) -> FilingQuerySet:
    return Filing.objects.visible_to(_user(request)).select_related("applicant").with_flag_counts()


def _found(request: Request, uid: UUID) -> Filing:
    filing = _visible(request).filter(uid=uid).first()
    if filing is None:
        raise Http404
    return filing


def _body(request: Request) -> bytes:
    return request.data if isinstance(request.data, bytes) else b""


def _dossier_answer(content: str, sha256: str) -> HttpResponse:
    """The stored bytes themselves: what was hashed is what is given."""
    return HttpResponse(
        content,
        content_type="application/json",
        headers={"ETag": quoted(sha256), "Cache-Control": "private, no-cache"},
    )


def _filing_answer(filing: Filing, status: int = 200) -> Response:
    location = {"Location": f"/api/v1/filings/{filing.uid}/"} if status == 201 else {}
    headers = {"ETag": quoted(version_of(filing)), "Cache-Control": "private, no-cache", **location}
    return Response(FilingSerializer(filing).data, status=status, headers=headers)


def _flags(request: Request, filing: Filing) -> Any:
    flags = filing.flags.all()
    asked = request.query_params.get("standing", "standing")
    choices = {"standing": flags.standing, "resolved": flags.resolved, "all": flags.all}
    if asked not in choices:
        raise bad_query("standing", _("Ask for standing, resolved or all."))
    return choices[asked]()


def _as_of(request: Request) -> date:
    text = request.query_params.get("as_of")
    if text is None:
        return timezone.localdate()
    try:
        return day_from(text)
    except ValueError as error:
        raise bad_query("as_of", _("as_of is no day of the calendar; write it as YYYY-MM-DD.")) from error
