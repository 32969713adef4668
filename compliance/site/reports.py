"""Reports at links that were mailed: no sign-in is needed, a link that has ended answers 410."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from compliance.reports.downloads import download
from compliance.reports.formats import TooManyRows
from compliance.reports.links import LinkEnded, report_at
from compliance.templating.rendering import TemplateRefused
from compliance.typesetting.pdf import NotSet


def linked_report(request: HttpRequest, text: str, format: str) -> HttpResponseBase:
    """Download the report at a link, as its person may see it now."""
    try:
        shown = report_at(text)
    except LinkEnded:
        return render(request, "site/link_ended.html", status=410)
    if shown is None or format not in shown.report.formats:
        raise Http404
    try:
        response: HttpResponseBase = download(shown, format)
    except (TooManyRows, TemplateRefused) as error:
        return _refused(request, error.text.in_(shown.language))
    except NotSet:
        return _refused(request, _("The report could not be written in this format. Choose another one."))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _refused(request: HttpRequest, message: str) -> HttpResponseBase:
    return render(request, "site/link_ended.html", {"message": message}, status=409)
