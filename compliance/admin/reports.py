"""The admin of reports: read, download, or generate a report."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.decorators import display

from compliance.admin.pages import PageAdmin, post_only, user_of
from compliance.models import ReportRun, RunState
from compliance.reports.asking import AskForm, in_the_readers
from compliance.reports.catalog import REPORTS
from compliance.reports.downloads import download
from compliance.reports.formats import FORMATS, TooManyRows, formats_of
from compliance.reports.formats.page import context_of
from compliance.reports.presenting import ShownReport, show
from compliance.reports.runs import Period, repeat_run, request_run
from compliance.reports.scopes import sight_of
from compliance.reports.shown import shown_period
from compliance.reports.written import stored
from compliance.templating.rendering import TemplateRefused
from compliance.typesetting.pdf import NotSet


@admin.register(ReportRun)
class ReportRunAdmin(PageAdmin):
    list_display = [
        "shown_title",
        "shown_period",
        "shown_parameters",
        "state",
        "row_count",
        "written_at",
        "shown_origin",
    ]
    list_filter = ["report", "state"]
    change_list_template = "compliance/desk/reports.html"
    change_form_template = "compliance/desk/report.html"
    ordering = ["-ends_at", "-id"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(report__in=list(REPORTS)).select_related("asked_by")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own = [
            path("write/", view(self.ask), name="compliance_reportrun_ask"),
            path("write/<slug:name>/", view(self.write), name="compliance_reportrun_write"),
            path("<int:key>/repeat/", view(self.repeat), name="compliance_reportrun_repeat"),
            path("<int:key>/report.<slug:form>", view(self.download), name="compliance_reportrun_download"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """List the runs, below a form that asks for one."""
        context = {"ask": AskForm(), "reports": list(REPORTS.values()), **(extra_context or {})}
        context["descriptions"] = [
            (in_the_readers(report.title), in_the_readers(report.description)) for report in REPORTS.values()
        ]
        return super().changelist_view(request, context)

    @display(description=gettext_lazy("report"))
    def shown_title(self, run: ReportRun) -> str:
        return in_the_readers(REPORTS[run.report].title)

    @display(description=gettext_lazy("period"), ordering="ends_at")
    def shown_period(self, run: ReportRun) -> str:
        return shown_period(Period(run.begins_at, run.ends_at))

    @display(description=gettext_lazy("parameters"))
    def shown_parameters(self, run: ReportRun) -> str:
        return ", ".join(run.parameters.values()) or "–"

    @display(description=gettext_lazy("triggered by"))
    def shown_origin(self, run: ReportRun) -> str:
        return run.asked_by.username if run.asked_by else _("schedule")

    def page(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the context of the page, limited to the rows that the user may see; of a run under way, its progress."""
        context = {
            "run": row,
            "title": in_the_readers(REPORTS[row.report].title),
            "description": in_the_readers(REPORTS[row.report].description),
            "period": shown_period(Period(row.begins_at, row.ends_at)),
            "is_under_way": row.state in (RunState.WAITING, RunState.WRITING),
        }
        if row.state != RunState.WRITTEN:
            return context
        formats = [(each.name, in_the_readers(each.title)) for each in formats_of(REPORTS[row.report])]
        return {**context, "formats": formats, **context_of(_shown(row, request))}

    def ask(self, request: HttpRequest) -> HttpResponse:
        """Generate the report that the form asks for; a form with faults is shown again with what was typed."""
        post_only(request)
        self._refuse_others(request)
        form = AskForm(request.POST)
        if not form.is_valid():
            return self.changelist_view(request, {"ask": form})
        run = request_run(
            REPORTS[form.cleaned_data["report"]],
            by=user_of(request),
            period=form.period_asked,
            parameters=form.cleaned_data["parameters"],
        )
        return redirect(_page_of(run))

    def write(self, request: HttpRequest, name: str) -> HttpResponse:
        """Generate a report now, from the last weekly run to this moment."""
        post_only(request)
        if name not in REPORTS or REPORTS[name].required:
            raise Http404
        self._refuse_others(request)
        return redirect(_page_of(request_run(REPORTS[name], by=user_of(request))))

    def repeat(self, request: HttpRequest, key: int) -> HttpResponse:
        """Let a run that failed be written again."""
        post_only(request)
        self._refuse_others(request)
        run = ReportRun.objects.filter(pk=key).first()
        if run is None:
            raise Http404
        repeat_run(run)
        return redirect(_page_of(run))

    def download(self, request: HttpRequest, key: int, form: str) -> HttpResponseBase:
        """Download a report in one of its formats."""
        run = ReportRun.objects.filter(pk=key, state=RunState.WRITTEN).first()
        if run is None or form not in REPORTS[run.report].formats or not self.has_view_permission(request):
            raise Http404
        try:
            return download(_shown(run, request), form)
        except (TooManyRows, TemplateRefused) as error:
            messages.error(request, in_the_readers(error.text))
        except NotSet:
            others = ", ".join(name for name in REPORTS[run.report].formats if name != form)
            message = _("The report could not be written as %(format)s. Choose another format: %(others)s.")
            messages.error(request, message % {"format": FORMATS[form].name, "others": others})
        return redirect(_page_of(run))

    def _refuse_others(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


def _page_of(run: ReportRun) -> str:
    return reverse("admin:compliance_reportrun_change", args=[run.pk])


def _shown(run: ReportRun, request: HttpRequest) -> ShownReport:
    return show(stored(run, sight_of(user_of(request))), get_language())
