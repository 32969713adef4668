"""Report runs over the API: list them, read or download one, and ask for one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.problems import reader_language
from compliance.models import ReportRun
from compliance.reports.catalog import REPORTS
from compliance.reports.presenting import as_csv, describe, headings_of, rows_for
from compliance.reports.writing import write_now
from registry.api import parameters
from registry.api.bodies import read_body
from registry.api.endpoint import REVIEW, Endpoint, operation, page_of
from registry.api.lists import CsvRenderer, ListEndpoint, Listing
from registry.api.problems import Problem
from registry.api.requests import user_of
from registry.models import Role, User

READERS = (Role.REVIEWER, Role.REGISTRAR, Role.AUDITOR)


class ReportRunSerializer(serializers.ModelSerializer[ReportRun]):
    """One written report, without its rows. Its period includes its first moment and excludes its last."""

    id = serializers.UUIDField(source="uid")
    report = serializers.ChoiceField(sorted(REPORTS))
    title = serializers.SerializerMethodField()
    asked_by = serializers.CharField(source="asked_by.username", default=None, allow_null=True)

    class Meta:
        model = ReportRun
        fields = ["id", "report", "title", "begins_at", "ends_at", "written_at", "asked_by", "row_count"]

    def get_title(self, run: ReportRun) -> str:
        return REPORTS[run.report].title.in_(reader_language())


class ReportColumnSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    heading = serializers.CharField()


class ReportRunDetailSerializer(ReportRunSerializer):
    """A written report with the rows that you may see: codes, and `cells`, the texts of the columns."""

    columns = ReportColumnSerializer(many=True)
    summary = serializers.DictField()
    rows = serializers.ListField(child=serializers.DictField())

    class Meta(ReportRunSerializer.Meta):
        fields = [*ReportRunSerializer.Meta.fields, "columns", "summary", "rows"]


class ReportRequestSerializer(serializers.Serializer[Any]):
    report = serializers.ChoiceField(sorted(REPORTS))


LISTING = Listing(ReportRunSerializer, sorts={"ends_at": "ends_at"}, times=("written",))
FILTERS = [parameters.choice("report", sorted(REPORTS), "Only runs of this report."), *LISTING.parameters]


def _visible(user: User) -> QuerySet[ReportRun]:
    return ReportRun.objects.all() if user.has_role(*READERS) else ReportRun.objects.none()


class ReportsView(ListEndpoint):
    """The report runs."""

    @operation("reports_list", "Reports", {200: page_of(ReportRunSerializer)}, parameters=FILTERS)
    def get(self, request: Request) -> HttpResponseBase:
        """List the written reports, latest period first. Reviewers, registrars and auditors see them."""
        rows = _visible(user_of(request)).select_related("asked_by").defer("content")
        if self.query["report"]:
            rows = rows.filter(report=self.query["report"])
        return self.listed(rows, LISTING)

    @operation("reports_ask", "Reports", {201: ReportRunSerializer}, body=ReportRequestSerializer, scope=REVIEW)
    def post(self, request: Request) -> Response:
        """Write a report now, from the end of the last scheduled one to this moment."""
        user = user_of(request)
        if not user.has_role(*READERS):
            message = _("Only reviewers, registrars and auditors can ask for reports.")
            raise Problem(403, "not_staff", _("Not allowed"), message)
        run = write_now(REPORTS[read_body(request, ReportRequestSerializer)["report"]], by=user)
        location = {"Location": f"/api/v1/reports/{run.uid}/"}
        return Response(ReportRunSerializer(run).data, status=201, headers=location)


class ReportView(Endpoint):
    """One report run."""

    renderer_classes = [JSONRenderer, CsvRenderer]
    PARAMETERS = [parameters.choice("format", ["json", "csv"], "The same as the media type in `Accept`.")]

    @operation(
        "reports_read",
        "Reports",
        {(200, "application/json"): ReportRunDetailSerializer, (200, "text/csv"): {"type": "string"}},
        parameters=PARAMETERS,
    )
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """Return a report with the rows that you may see, as JSON or as CSV for a spreadsheet."""
        run = _visible(user_of(request)).filter(uid=id).select_related("asked_by").first()
        if run is None:
            raise Http404
        rows = rows_for(run, user_of(request))
        if isinstance(request.accepted_renderer, CsvRenderer):
            return _as_file(run, as_csv(REPORTS[run.report], rows, reader_language()))
        return Response({**ReportRunSerializer(run).data, **_content(run, rows)})


def _as_file(run: ReportRun, text: str) -> HttpResponse:
    name = f"{run.report}-{timezone.localtime(run.ends_at):%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-cache"}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _content(run: ReportRun, rows: list[dict[str, Any]]) -> dict[str, Any]:
    report, language = REPORTS[run.report], reader_language()
    headings = headings_of(report, language)
    columns = [{"name": name, "heading": heading} for name, heading in zip(report.columns, headings, strict=True)]
    return {
        "columns": columns,
        "summary": report.summarize(rows, language),
        "rows": list(describe(report, rows, language)),
    }
