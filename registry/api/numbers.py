"""The public register of official numbers over the API, with the rows of the published lists."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponseBase
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api import parameters
from registry.api.endpoint import Endpoint, operation, page_of
from registry.api.lists import ListEndpoint, Listing
from registry.api.serializers import OfficialNumberDetailSerializer, OfficialNumberSerializer
from registry.api.views import Q_PARAMETER
from registry.models import NumberKind, NumberStatus, OfficialNumber
from registry.numbers.forms import number_key


class OfficialNumbersView(ListEndpoint):
    """The official register."""

    permission_classes = [AllowAny]
    LISTING = Listing(OfficialNumberSerializer)
    FILTERS = [
        Q_PARAMETER,
        parameters.text("number", "Official number. Full-width characters and case are ignored."),
        parameters.choice("kind", NumberKind.values),
        parameters.choice("status", NumberStatus.values),
        parameters.province(),
        parameters.uscc("holder", "USCC of the holder."),
        *LISTING.parameters,
    ]

    @operation("register_list", "Register", {200: page_of(OfficialNumberSerializer)}, parameters=FILTERS, public=True)
    def get(self, request: Request) -> HttpResponseBase:
        """List the official numbers, newest first. They are public."""
        query = self.query
        rows = OfficialNumber.objects.select_related("organization").prefetch_related("services", "ai_models")
        columns = {"kind": "kind", "status": "status", "province": "jurisdiction", "holder": "organization__uscc"}
        rows = rows.filter(**{column: query[name] for name, column in columns.items() if query[name]})
        if query["number"]:
            rows = rows.filter(key=number_key(query["number"]))
        if query["q"]:
            rows = rows.found_by(query["q"])
        return self.listed(rows, self.LISTING)


class OfficialNumberView(Endpoint):
    """One official number."""

    permission_classes = [AllowAny]

    @operation("register_read", "Register", {200: OfficialNumberDetailSerializer}, public=True)
    def get(self, request: Request, id: UUID) -> Response:
        """Return an official number with the rows of the published lists that contain it."""
        number = OfficialNumber.objects.filter(uid=id).select_related("organization").first()
        if number is None:
            raise Http404
        rows = [
            {"list": listing.source.label, "announced": listing.announced, "row": listing.row_number, **listing.content}
            for listing in number.listings.select_related("source")
        ]
        return Response({**OfficialNumberSerializer(number).data, "listings": rows})
