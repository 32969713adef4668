"""The public register of official numbers over the API, with the rows of the published lists."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api.requests import choice_param, pattern_param, refuse_unknown
from registry.api.serializers import OfficialNumberSerializer
from registry.api.views import PAGES, Q_PARAMETER, paginated
from registry.models import NumberKind, NumberStatus, OfficialNumber
from registry.numbers.forms import number_key


class OfficialNumbersView(APIView):
    """The official register."""

    permission_classes = [AllowAny]
    FILTERS = [
        Q_PARAMETER,
        OpenApiParameter("number", str, description="Official number. Full-width characters and case are ignored."),
        OpenApiParameter("kind", str, enum=NumberKind.values),
        OpenApiParameter("status", str, enum=NumberStatus.values),
        OpenApiParameter("province", str, description="Two-digit code of the province."),
        OpenApiParameter("holder", str, description="USCC of the holder."),
        *PAGES,
    ]

    @extend_schema(operation_id="register_list", parameters=FILTERS, responses=OfficialNumberSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the official numbers, newest first. They are public."""
        refuse_unknown(request, {parameter.name for parameter in self.FILTERS})
        rows = OfficialNumber.objects.select_related("organization").prefetch_related("services", "ai_models")
        for name, choices in (("kind", NumberKind.values), ("status", NumberStatus.values)):
            if code := choice_param(request, name, choices):
                rows = rows.filter(**{name: code})
        message = _("Use the two-digit code of a province, such as 44.")
        if province := pattern_param(request, "province", "[0-9]{2}", message):
            rows = rows.filter(jurisdiction=province)
        if number := request.query_params.get("number"):
            rows = rows.filter(key=number_key(number))
        if holder := request.query_params.get("holder"):
            rows = rows.filter(organization__uscc=holder)
        if query := request.query_params.get("q"):
            rows = rows.found_by(query)
        return paginated(self, request, rows, OfficialNumberSerializer)


class OfficialNumberView(APIView):
    """One official number."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="register_read", responses=OfficialNumberSerializer)
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
