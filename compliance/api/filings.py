"""Filings over the API: list, open, read, edit, and read their flags and events."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api import problems
from compliance.api.filters import FILTERS, LISTING, filter_filings
from compliance.api.openapi import DossierExtension
from compliance.api.serializers import (
    DossierDocument,
    EventSerializer,
    FilingSerializer,
    FlagSerializer,
    FlagsSerializer,
    flag_json,
)
from compliance.api.summaries import Row, check_state, read_summaries, summaries_visible_to, summary, version_of
from compliance.filings import actions
from compliance.models import Event, Filing, Flag
from registry.api import parameters
from registry.api.endpoint import FILE, Endpoint, operation, page_of
from registry.api.etags import IF_MATCH_REQUIRED, expected_version, quoted
from registry.api.lists import ListEndpoint, Listing
from registry.api.requests import user_of

assert DossierExtension  # The import registers the extension.

EVENTS = Listing(EventSerializer)
FLAGS = Listing(
    FlagSerializer, page_size=100, is_ascending=True, rows_as_json=lambda rows, user: [flag_json(flag) for flag in rows]
)
STATE = parameters.choice(
    "state", ["open", "resolved", "all"], "Defaults to open, which includes waived flags.", "open"
)


class FilingsView(ListEndpoint):
    """The filings that the user may see."""

    @operation("filings_list", "Filings", {200: page_of(FilingSerializer)}, parameters=FILTERS)
    def get(self, request: Request) -> HttpResponseBase:
        """List the filings that you may see, newest first. All filters must match."""
        user = user_of(request)
        return self.listed(filter_filings(self.query, summaries_visible_to(user), user), LISTING)

    @operation(
        "filings_open",
        "Filings",
        {201: FilingSerializer, 200: FilingSerializer},
        body=DossierDocument,
        refuses=(409,),
        scope=FILE,
    )
    def post(self, request: Request) -> Response:
        """Open a filing with a dossier. The same applicant, reference and dossier again return the same filing (200)."""
        parsed = problems.parsed_or_problem(body_of(request))
        with problems.refusals_as_problems():
            filing, is_new = actions.open_filing(parsed, by=user_of(request))
        return filing_answer(request, filing.uid, status=201 if is_new else 200)


class FilingView(Endpoint):
    """One filing."""

    @operation("filings_read", "Filings", {200: FilingSerializer})
    def get(self, request: Request, id: UUID) -> Response:
        """Return a filing. Its dossier and flags have their own URLs."""
        return filing_answer(request, id)


class DossierView(Endpoint):
    """The dossier of a filing: the working copy if there is one, otherwise the last revision."""

    @operation("dossier_read", "Filings", {200: DossierDocument})
    def get(self, request: Request, id: UUID) -> HttpResponse:
        """Return the dossier in normal form, with its ETag."""
        dossier = find_filing(request, id).dossier_for(user_of(request))
        return _dossier_answer(dossier.content, dossier.sha256)

    @operation(
        "dossier_write",
        "Filings",
        {200: DossierDocument},
        body=DossierDocument,
        headers=[IF_MATCH_REQUIRED],
        refuses=(409, 412, 428),
        scope=FILE,
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


class FlagsView(ListEndpoint):
    """The flags of a filing."""

    @operation("flags_list", "Filings", {200: FlagsSerializer}, parameters=[STATE, *FLAGS.parameters])
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """List the flags, with the date of the last check and whether a check is due."""
        row = find_summary(request, id)
        flags = Flag.objects.filter(filing=row.pk)
        chosen = {"open": flags.unresolved, "resolved": flags.resolved, "all": flags.all}[self.query["state"]]()
        # With the reviewers of waived flags, to avoid a query for each flag.
        return self.listed(chosen.with_reviewer(), FLAGS, check_state(row))


class EventsView(ListEndpoint):
    """The history of a filing."""

    @operation("events_list", "Events", {200: page_of(EventSerializer)}, parameters=EVENTS.parameters)
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """List the events of a filing, latest first. The hash of each event covers the hash of the event before it."""
        return self.listed(find_filing(request, id).events.select_related("filing"), EVENTS)


class AllEventsView(ListEndpoint):
    """The history of all filings that the user may see."""

    @operation("events_of_all", "Events", {200: page_of(EventSerializer)}, parameters=EVENTS.parameters)
    def get(self, request: Request) -> HttpResponseBase:
        """List the events of all filings that you may see, latest first."""
        events = Event.objects.filter(filing__in=Filing.objects.visible_to(user_of(request)).values("pk"))
        return self.listed(events.select_related("filing"), EVENTS)


def find_filing(request: Request, uid: UUID) -> Filing:
    """Return a filing that the user may see, for an action. Raises Http404."""
    filing = Filing.objects.visible_to(user_of(request)).filter(uid=uid).defer("search_text", "search_grams").first()
    if filing is None:
        raise Http404
    return filing


def find_summary(request: Request, uid: UUID) -> Row:
    """Return the summary of a filing that the user may see. Raises Http404."""
    rows = read_summaries(summaries_visible_to(user_of(request)).filter(uid=uid))
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
