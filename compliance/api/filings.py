"""Filings over the API: list, open, read, edit, and read their flags and events."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.api import problems
from compliance.api.etags import expected_version, quoted
from compliance.api.filters import FILTERS, filter_filings
from compliance.api.openapi import DossierExtension
from compliance.api.serializers import (
    DossierDocument,
    EventSerializer,
    FilingSerializer,
    FlagsSerializer,
    ProblemSerializer,
    flag_json,
)
from compliance.api.summaries import Row, check_state, read_summaries, summary, version_of
from compliance.checking.flag_counts import with_todays_counts
from compliance.checking.models import FlagQuerySet
from compliance.filings import actions
from compliance.models import Event, Filing, Flag
from registry.api.requests import CursorPages, bad_query, refuse_unknown, user_of

assert DossierExtension  # The import registers the extension.

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
        filings = filter_filings(request, Filing.objects.visible_to(user_of(request)))
        page = pages.paginate_queryset(filings.summaries(), request, view=self)
        return pages.get_paginated_response([summary(row) for row in with_todays_counts(page)])

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
        return filing_answer(request, filing.uid, status=201 if is_new else 200)


class FilingView(APIView):
    """One filing."""

    @extend_schema(operation_id="filings_read", responses=FilingSerializer)
    def get(self, request: Request, id: UUID) -> Response:
        """Return a filing. Its dossier and flags have their own URLs."""
        return filing_answer(request, id)


class DossierView(APIView):
    """The dossier of a filing: the working copy if there is one, otherwise the last revision."""

    @extend_schema(operation_id="dossier_read", responses=DossierDocument)
    def get(self, request: Request, id: UUID) -> HttpResponse:
        """Return the dossier in normal form, with its ETag."""
        dossier = find_filing(request, id).dossier_for(user_of(request))
        return _dossier_answer(dossier.content, dossier.sha256)

    @extend_schema(
        operation_id="dossier_write",
        request=DossierDocument,
        parameters=[IF_MATCH],
        responses={200: DossierDocument, **MALFORMED, **dict.fromkeys((403, 409, 412, 428), ProblemSerializer)},
    )
    def put(self, request: Request, id: UUID) -> HttpResponse:
        """Replace the working copy. If-Match must contain the ETag that GET returned."""
        filing = find_filing(request, id)
        if "If-Match" not in request.headers:
            raise problems.precondition_required(filing.dossier_for(user_of(request)).sha256)
        parsed = problems.parsed_or_problem(body_of(request))
        with problems.refusals_as_problems():
            actions.edit_dossier(
                filing, parsed, by=user_of(request), expected_version=expected_version(request.headers)
            )
        return _dossier_answer(parsed.canonical.text, parsed.canonical.sha256)


class FlagsView(APIView):
    """The flags of a filing."""

    @extend_schema(operation_id="flags_list", parameters=[STATE], responses=FlagsSerializer)
    def get(self, request: Request, id: UUID) -> Response:
        """List the flags, with the date of the last check and whether a check is due."""
        refuse_unknown(request, {"state", "cursor", "page_size"})
        row = find_summary(request, id)
        pages = CursorPages()
        pages.ordering, pages.page_size = "id", 100
        page = pages.paginate_queryset(_flags(request, row.pk), request, view=self)
        response = pages.get_paginated_response([flag_json(flag) for flag in page])
        return Response({**check_state(row), **response.data})


class EventsView(APIView):
    """The history of a filing."""

    @extend_schema(operation_id="events_list", responses=EventSerializer(many=True))
    def get(self, request: Request, id: UUID) -> Response:
        """List the events of a filing, latest first. The hash of each event covers the hash of the event before it."""
        pages = CursorPages()
        page = pages.paginate_queryset(find_filing(request, id).events.all(), request, view=self)
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


def find_filing(request: Request, uid: UUID) -> Filing:
    """Return a filing that the user may see, for an action. Raises Http404."""
    filing = Filing.objects.visible_to(user_of(request)).filter(uid=uid).defer("search_text", "search_grams").first()
    if filing is None:
        raise Http404
    return filing


def find_summary(request: Request, uid: UUID) -> Row:
    """Return the summary of a filing that the user may see. Raises Http404."""
    rows = read_summaries(Filing.objects.visible_to(user_of(request)).filter(uid=uid))
    if not rows:
        raise Http404
    return rows[0]


def body_of(request: Request) -> bytes:
    return request.data if isinstance(request.data, bytes) else b""


def _dossier_answer(content: str, sha256: str) -> HttpResponse:
    """Respond with the stored bytes, so that the response matches its hash."""
    return HttpResponse(
        content,
        content_type="application/json",
        headers={"ETag": quoted(sha256), "Cache-Control": "private, no-cache"},
    )


def filing_answer(request: Request, uid: UUID, status: int = 200) -> Response:
    """Return the response with the summary of a filing and its ETag."""
    row = find_summary(request, uid)
    location = {"Location": f"/api/v1/filings/{row.uid}/"} if status == 201 else {}
    headers = {"ETag": quoted(version_of(row)), "Cache-Control": "private, no-cache", **location}
    return Response(summary(row), status=status, headers=headers)


def _flags(request: Request, filing: int) -> FlagQuerySet:
    """Return the requested flags, with the reviewers of waived flags to avoid a query for each flag."""
    flags = Flag.objects.filter(filing=filing)
    state = request.query_params.get("state", "open")
    choices = {"open": flags.unresolved, "resolved": flags.resolved, "all": flags.all}
    if state not in choices:
        raise bad_query("state", _("Choose one of: open, resolved, all."))
    return choices[state]().with_reviewer()
