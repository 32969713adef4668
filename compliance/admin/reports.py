"""The admin of reports: read, download, or generate a report."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from compliance.admin.pages import PageAdmin, post_only, user_of
from compliance.language import language_of
from compliance.models import ReportRun
from compliance.reports.catalog import REPORTS
from compliance.reports.presenting import MOST_ON_A_PAGE, as_csv, describe, headings_of, rows_for
from compliance.reports.writing import write_now


@admin.register(ReportRun)
class ReportRunAdmin(PageAdmin):
    list_display = ["shown_title", "begins_at", "ends_at", "written_at", "shown_origin"]
    change_list_template = "compliance/desk/reports.html"
    change_form_template = "compliance/desk/report.html"
    ordering = ["-ends_at", "-id"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("asked_by").defer("content")

    def get_urls(self) -> list[Any]:
        own = [
            path("write/<slug:name>/", self.admin_site.admin_view(self.write), name="compliance_reportrun_write"),
            path(
                "<int:key>/report.<slug:form>",
                self.admin_site.admin_view(self.download),
                name="compliance_reportrun_download",
            ),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """List the runs, with a button that generates each report now."""
        language = language_of(get_language())
        reports = [
            {"name": report.name, "title": report.title.in_(language), "description": report.description.in_(language)}
            for report in REPORTS.values()
        ]
        return super().changelist_view(request, {**(extra_context or {}), "reports": reports})

    @display(description=_("report"))
    def shown_title(self, run: ReportRun) -> str:
        return REPORTS[run.report].title.in_(language_of(get_language()))

    @display(description=_("triggered by"))
    def shown_origin(self, run: ReportRun) -> str:
        return run.asked_by.username if run.asked_by else str(_("schedule"))

    def page(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the context of the page, limited to the rows that the user may see."""
        return context_of(row, request)

    def write(self, request: HttpRequest, name: str) -> HttpResponse:
        """Generate a report now."""
        post_only(request)
        if name not in REPORTS:
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = write_now(REPORTS[name], by=user_of(request))
        return redirect(reverse("admin:compliance_reportrun_change", args=[run.pk]))

    def download(self, request: HttpRequest, key: int, form: str) -> HttpResponse:
        """Download a report as CSV or as a self-contained HTML page."""
        run = ReportRun.objects.filter(pk=key).first()
        if run is None or form not in ("csv", "html") or not self.has_view_permission(request):
            raise Http404
        language = language_of(get_language())
        if form == "csv":
            content, media = (
                as_csv(REPORTS[run.report], rows_for(run, user_of(request)), language),
                "text/csv; charset=utf-8",
            )
        else:
            content, media = (
                render_to_string("compliance/report.html", context_of(run, request, most=None)),
                "text/html; charset=utf-8",
            )
        name = f"{run.report}-{timezone.localtime(run.ends_at):%Y%m%d}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-cache"}
        return HttpResponse(content, content_type=media, headers=headers)


def context_of(run: ReportRun, request: HttpRequest, most: int | None = MOST_ON_A_PAGE) -> dict[str, Any]:
    """Return the context of a report, with at most `most` rows; None means all rows and an inline style sheet."""
    language = language_of(get_language())
    rows = rows_for(run, user_of(request))
    report = REPORTS[run.report]
    return {
        "run": run,
        "title": report.title.in_(language),
        "description": report.description.in_(language),
        "body": report.body,
        "headings": headings_of(report, language),
        "summary": report.summarize(rows, language),
        "rows": describe(report, rows[:most], language),
        "left_out": 0 if most is None else max(len(rows) - most, 0),
        "language": get_language(),
        "style": _style() if most is None else "",
    }


def _style() -> str:
    """Return the style sheet of the desk, to be embedded in the self-contained page."""
    return (settings.ROOT / "static" / "desk.css").read_text()
