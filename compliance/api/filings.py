"""Filings over the API: list, open, read, edit, and read their flags and events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.api import problems
from compliance.api.etags import quoted, seen_by, version_of
from compliance.api.filters import FILTERS, filtered
from compliance.api.openapi import DossierExtension
from compliance.api.serializers import (
    CheckStateSerializer,
    DossierDocument,
    EventSerializer,
    FilingSerializer,
    FlagSerializer,
    FlagsSerializer,
    ProblemSerializer,
)
from compliance.filings import actions
from compliance.filings.querysets import FilingQuerySet
from compliance.models import Event, Filing
from registry.api.requests import CursorPages, bad_query, refuse_unknown, user_of

assert DossierExtension  # registers itself

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The ETag returned by GET.")
STATE = OpenApiParameter(
    "state", str, enum=["open", "resolved", "all"], description="Defaults to open, which includes waived flags."
)
MALFORMED = {400: ProblemSerializer, 413: ProblemSerializer}


class FilingsView(APIView):
    """The filings that the user may see."""

    @extend_schema(operation_id="filings_list", parameters=FILTERS, responses=FilingSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the filings that you may see, newest first. All filters must match."""
        pages = CursorPages()
        page = pages.paginate_queryset(filtered(request, _visible(request)), request, view=self)
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
        """Open a filing with a dossier. The same applicant, reference and dossier again return the same filing (200)."""
        parsed = problems.parsed_or_problem(body_of(request))
        with problems.refusals_as_problems():
            filing, is_new = actions.open_filing(parsed, by=user_of(request))
        filing = found(request, filing.uid)
        return filing_answer(filing, status=201 if is_new else 200)


class FilingView(APIView):
    """One filing."""

    @extend_schema(operation_id="filings_read", responses=FilingSerializer)
    def get(self, request: Request, id: UUID) -> Response:
        """Return a filing. Its dossier and flags have their own URLs."""
        return filing_answer(found(request, id))


class DossierView(APIView):
    """The dossier of a filing: the working copy if there is one, otherwise the last revision."""

    @extend_schema(operation_id="dossier_read", responses=DossierDocument)
    def get(self, request: Request, id: UUID) -> HttpResponse:
        """Return the dossier in normal form, with its ETag."""
        kept = found(request, id).dossier_for(user_of(request))
        return _dossier_answer(kept.content, kept.sha256)

    @extend_schema(
        operation_id="dossier_write",
        request=DossierDocument,
        parameters=[IF_MATCH],
        responses={200: DossierDocument, **MALFORMED, **dict.fromkeys((403, 409, 412, 428), ProblemSerializer)},
    )
    def put(self, request: Request, id: UUID) -> HttpResponse:
        """Replace the working copy. If-Match must contain the ETag that GET returned."""
        filing = found(request, id)
        if "If-Match" not in request.headers:
            raise problems.precondition_required(filing.dossier_for(user_of(request)).sha256)
        parsed = problems.parsed_or_problem(body_of(request))
        with problems.refusals_as_problems():
            actions.edit_dossier(filing, parsed, by=user_of(request), expected_version=seen_by(request.headers))
        return _dossier_answer(parsed.canonical.text, parsed.canonical.sha256)


class FlagsView(APIView):
    """The flags of a filing."""

    @extend_schema(operation_id="flags_list", parameters=[STATE], responses=FlagsSerializer)
    def get(self, request: Request, id: UUID) -> Response:
        """List the flags, with the date of the last check and whether a check is due."""
        refuse_unknown(request, {"state", "cursor", "page_size"})
        filing = found(request, id)
        pages = CursorPages()
        pages.ordering, pages.page_size = "id", 100
        page = pages.paginate_queryset(_flags(request, filing), request, view=self)
        listed = pages.get_paginated_response(FlagSerializer(page, many=True).data)
        return Response({**CheckStateSerializer(filing).data, **listed.data})


class EventsView(APIView):
    """The history of a filing."""

    @extend_schema(operation_id="events_list", responses=EventSerializer(many=True))
    def get(self, request: Request, id: UUID) -> Response:
        """List the events of a filing, latest first. The hash of each event covers the hash of the event before it."""
        pages = CursorPages()
        page = pages.paginate_queryset(found(request, id).events.all(), request, view=self)
        return pages.get_paginated_response(EventSerializer(page, many=True).data)


class AllEventsView(APIView):
    """The history of all filings that the user may see."""

    @extend_schema(operation_id="events_of_all", responses=EventSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the events of all filings that you may see, latest first."""
        refuse_unknown(request, {"cursor", "page_size"})
        pages = CursorPages()
        events = Event.objects.filter(filing__in=Filing.objects.visible_to(user_of(request)).values("pk"))
        page = pages.paginate_queryset(events.select_related("filing"), request, view=self)
        return pages.get_paginated_response(EventSerializer(page, many=True).data)


def _visible(request: Request) -> FilingQuerySet:
    shown = Filing.objects.visible_to(user_of(request)).select_related("applicant", "official_number", "target")
    return shown.with_flag_counts()


def found(request: Request, uid: UUID) -> Filing:
    filing = _visible(request).filter(uid=uid).first()
    if filing is None:
        raise Http404
    return filing


def body_of(request: Request) -> bytes:
    return request.data if isinstance(request.data, bytes) else b""


def _dossier_answer(content: str, sha256: str) -> HttpResponse:
    """Respond with the stored bytes, so that the response matches its hash."""
    return HttpResponse(
        content,
        content_type="application/json",
        headers={"ETag": quoted(sha256), "Cache-Control": "private, no-cache"},
    )


def filing_answer(filing: Filing, status: int = 200) -> Response:
    location = {"Location": f"/api/v1/filings/{filing.uid}/"} if status == 201 else {}
    headers = {"ETag": quoted(version_of(filing)), "Cache-Control": "private, no-cache", **location}
    return Response(FilingSerializer(filing).data, status=status, headers=headers)


def _flags(request: Request, filing: Filing) -> Any:
    flags = filing.flags.all()
    asked = request.query_params.get("state", "open")
    choices = {"open": flags.unresolved, "resolved": flags.resolved, "all": flags.all}
    if asked not in choices:
        raise bad_query("state", _("Choose one of: open, resolved, all."))
    return choices[asked]()
