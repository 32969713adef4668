"""Report runs over the API: list them, read or download one, and ask for one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.problems import reader_language
from compliance.dossier.codes import KINDS
from compliance.models import ReportRun, RunState
from compliance.reports import definitions
from compliance.reports.catalog import REPORTS, Readers, Report
from compliance.reports.downloads import download
from compliance.reports.formats import FORMATS, TooManyRows
from compliance.reports.formats.text import machine_rows, summary_of
from compliance.reports.periods import Period, days_between
from compliance.reports.presenting import ShownReport, show
from compliance.reports.runs import request_run
from compliance.reports.scopes import APPLICANT, KIND, PROVINCE, ParameterRefused, checked_parameters, sight_of
from compliance.reports.written import stored
from compliance.templating.rendering import TemplateRefused
from compliance.typesetting.pdf import NotSet
from registry.api import parameters
from registry.api.bodies import read_body
from registry.api.endpoint import REVIEW, Endpoint, operation, page_of
from registry.api.lists import CsvRenderer, ListEndpoint, Listing
from registry.api.problems import Problem
from registry.api.requests import user_of
from registry.models import Organization, Role, User
from registry.reference.regions import PROVINCES
from registry.uscc import PATTERN

assert definitions  # importing the package registers the reports

READERS = (Role.REVIEWER, Role.REGISTRAR, Role.AUDITOR)
# Beyond this many rows, a report is downloaded as a file.
MOST_ROWS = 20_000


class ReportRunSerializer(serializers.ModelSerializer[ReportRun]):
    """
    One report, without its rows. Its period includes its first moment and excludes its last. Until its `state` is
    `written` it has no rows.
    """

    id = serializers.UUIDField(source="uid")
    report = serializers.ChoiceField(sorted(REPORTS))
    title = serializers.SerializerMethodField()
    parameters = serializers.DictField(child=serializers.CharField())
    asked_by = serializers.CharField(source="asked_by.username", default=None, allow_null=True)

    class Meta:
        model = ReportRun
        fields = [
            "id",
            "report",
            "title",
            "parameters",
            "begins_at",
            "ends_at",
            "state",
            "error",
            "asked_at",
            "written_at",
            "asked_by",
            "row_count",
            "sha256",
        ]

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
    """
    A report to be written. Without a period, it is from the end of the last weekly run to this moment. `from_day` is the
    first day, `to_day` the day after the last one, in Asia/Shanghai.
    """

    report = serializers.ChoiceField(sorted(REPORTS))
    from_day = serializers.DateField(required=False)
    to_day = serializers.DateField(required=False)
    province = serializers.ChoiceField(list(PROVINCES), required=False)
    applicant = serializers.RegexField(f"^{PATTERN}$", required=False)
    kind = serializers.ChoiceField(list(KINDS), required=False)


LISTING = Listing(ReportRunSerializer, sorts={"ends_at": "ends_at"}, times=("written",))
FILTERS = [parameters.choice("report", sorted(REPORTS), "Only runs of this report."), *LISTING.parameters]


def _visible(user: User) -> QuerySet[ReportRun]:
    """Return the runs that a user may see: staff all of them, members those on their organizations that they asked for."""
    known = ReportRun.objects.filter(report__in=list(REPORTS))
    if user.has_role(*READERS):
        return known
    own = Organization.objects.filter(pk__in=user.own_organizations, uscc__isnull=False).values_list("uscc", flat=True)
    theirs = [report.name for report in REPORTS.values() if report.readers != Readers.STAFF]
    return known.filter(asked_by=user, report__in=theirs, parameters__applicant__in=list(own))


class ReportsView(ListEndpoint):
    """The report runs."""

    @operation("reports_list", "Reports", {200: page_of(ReportRunSerializer)}, parameters=FILTERS)
    def get(self, request: Request) -> HttpResponseBase:
        """List the reports, latest period first. Reviewers, registrars and auditors see all, others their own."""
        rows = _visible(user_of(request)).select_related("asked_by")
        if self.query["report"]:
            rows = rows.filter(report=self.query["report"])
        return self.listed(rows, LISTING)

    @operation("reports_ask", "Reports", {201: ReportRunSerializer}, body=ReportRequestSerializer, scope=REVIEW)
    def post(self, request: Request) -> Response:
        """
        Write a report of a period. In a large registry a worker writes it: its `state` says when it is written.

        Members of an organization ask for their own: `applicant` is its unified social credit code.
        """
        user, asked = user_of(request), read_body(request, ReportRequestSerializer)
        report = REPORTS[asked["report"]]
        given = {name: asked[name] for name in (PROVINCE, APPLICANT, KIND) if asked.get(name)}
        _refuse_others(user, report, given.get(APPLICANT, ""))
        run = request_run(report, by=user, period=_period(asked), parameters=_checked(report, given))
        location = {"Location": f"/api/v1/reports/{run.uid}/"}
        return Response(ReportRunSerializer(run).data, status=201, headers=location)


def _refuse_others(user: User, report: Report, applicant: str) -> None:
    if user.has_role(*READERS):
        return
    own = Organization.objects.filter(pk__in=user.own_organizations, uscc=applicant.upper())
    if report.readers == Readers.STAFF or not applicant or not own.exists():
        message = _(
            "Only reviewers, registrars and auditors can ask for this report. Members of an organization ask for their own: "
            "give its unified social credit code as applicant."
        )
        raise Problem(403, "not_staff", _("Not allowed"), message)


def _period(asked: dict[str, Any]) -> Period | None:
    first, end = asked.get("from_day"), asked.get("to_day")
    if first is None and end is None:
        return None
    if first is None or end is None or end <= first:
        message = _("Give from_day and to_day; to_day is the day after the last one of the period.")
        raise _invalid("to_day" if first else "from_day", message)
    try:
        return days_between(first, end)
    except ValueError as error:
        raise _invalid("from_day", str(error)) from error


def _checked(report: Report, given: dict[str, str]) -> dict[str, str]:
    for name in given:
        if name not in report.parameters:
            raise _invalid(name, _("This report does not have this parameter. Leave it out."))
    try:
        return checked_parameters(given, required=report.required)
    except ParameterRefused as error:
        raise _invalid(error.name, error.text.in_(reader_language())) from error


def _invalid(name: str, message: str) -> Problem:
    return Problem.at(f"/{name}", 409, "report_refused", _("Not possible"), message)


class ReportView(Endpoint):
    """One report run."""

    renderer_classes = [JSONRenderer, CsvRenderer]
    PARAMETERS = [parameters.choice("format", ["json", "csv"], "The same as the media type in `Accept`.")]

    @operation(
        "reports_read",
        "Reports",
        {(200, "application/json"): ReportRunDetailSerializer, (200, "text/csv"): {"type": "string"}},
        parameters=PARAMETERS,
        refuses=(409,),
    )
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """Return a report with the rows that you may see, as JSON or as CSV for a spreadsheet."""
        run, shown = _written(request, id)
        if isinstance(request.accepted_renderer, CsvRenderer):
            return download(shown, "csv")
        if run.row_count > MOST_ROWS:
            message = _("The report has more than %(most)s rows. Download it as a file: files/csv/ or files/json/.")
            raise Problem(409, "too_many_rows", _("Too many rows"), message % {"most": f"{MOST_ROWS:,}"})
        return Response({**ReportRunSerializer(run).data, **_content(shown)})


class ReportFileView(Endpoint):
    """A report run as a file."""

    @operation(
        "reports_download",
        "Reports",
        {(200, "application/octet-stream"): {"type": "string", "format": "binary"}},
        refuses=(409, 503),
    )
    def get(self, request: Request, id: UUID, format: str) -> HttpResponseBase:
        """Download a report as `html`, `pdf`, `xlsx`, `csv`, `json` or, if it has this format, `docx`."""
        run, shown = _written(request, id)
        if format not in REPORTS[run.report].formats:
            raise Http404
        try:
            return download(shown, format)
        except TooManyRows as error:
            raise Problem(409, "too_many_rows", _("Too many rows"), error.text.in_(reader_language())) from error
        except TemplateRefused as error:
            raise Problem(409, "template_refused", _("Not written"), error.text.in_(reader_language())) from error
        except NotSet as error:
            message = _("The report could not be written as %(format)s. Choose another format.")
            raise Problem(503, "not_set", _("Not written"), message % {"format": FORMATS[format].name}) from error


def _written(request: Request, id: UUID) -> tuple[ReportRun, ShownReport]:
    """Return a written run that the user may see. Raises Http404, and Problem (409) for one that has no rows."""
    user = user_of(request)
    run = _visible(user).filter(uid=id).select_related("asked_by").first()
    if run is None:
        raise Http404
    if run.state != RunState.WRITTEN:
        message = _("The report has no rows: it is not written yet, failed, or was deleted. Its state says which.")
        raise Problem(409, "not_written", _("Not written"), message)
    return run, show(stored(run, sight_of(user)), reader_language())


def _content(shown: ShownReport) -> dict[str, Any]:
    table = shown.table()
    columns = [
        {"name": column.name, "heading": heading} for column, heading in zip(table.columns, table.headings, strict=True)
    ]
    rows = [{**row, "cells": cells} for row, cells in zip(machine_rows(shown), table.rows(), strict=True)]
    return {"columns": columns, "summary": summary_of(shown), "rows": rows}
