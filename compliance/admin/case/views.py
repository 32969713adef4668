"""What is done on the case page: acting, waiving, assigning, commenting; and its documents and comparisons."""

from __future__ import annotations

from collections.abc import Callable
from tempfile import TemporaryFile
from typing import Any

from django.contrib import admin, messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.admin.acting import ACTIONS, WAIVERS, act, waive
from compliance.admin.case.cases import address_of, filing_of
from compliance.admin.case.documents import shown_in_a_frame
from compliance.admin.case.letters import compose, letter
from compliance.admin.days import judged_as_of
from compliance.admin.pages import done, only_readers, post_only, user_of
from compliance.api.documents import download
from compliance.api.exchange import downloaded_models
from compliance.api.problems import refusals_as_problems
from compliance.bundles.writing import FileMissing, write_bundle
from compliance.casework.assigning import assign_filing, assign_next
from compliance.casework.commenting import comment_on
from compliance.casework.comparing import compared
from compliance.exchange.writing import FORMATS
from compliance.language import language_of
from compliance.models import Audience, Filing, Flag, Revision
from registry.api.problems import Problem
from registry.models import User


def perform(request: HttpRequest, key: int, verb: str) -> HttpResponse:
    """Perform the action of a submitted form."""
    post_only(request)
    filing = filing_of(request, key)
    if verb not in ACTIONS:
        raise Http404
    message = _("Done. The history shows the change.")
    return done(request, lambda: act(filing, verb, request), message, address_of(filing, request))


def waive_one(request: HttpRequest, key: int, verb: str) -> HttpResponse:
    """Waive a flag, or lift its waiver."""
    post_only(request)
    filing = filing_of(request, key)
    if verb not in WAIVERS:
        raise Http404
    chosen = request.POST.get("flag", "")
    flags = Flag.objects.unresolved().filter(filing=filing)
    flag = get_object_or_404(flags, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)
    message = _("Done. The history shows the change.")
    return done(request, lambda: waive(filing, flag, verb, request), message, address_of(filing, request, "#flags"))


def assign(request: HttpRequest, key: int) -> HttpResponse:
    """Assign the filing: to oneself, in turn, to somebody by name, or to nobody."""
    post_only(request)
    filing, by, form = filing_of(request, key), user_of(request), request.POST
    chosen = form.get("to", "")

    def do() -> None:
        with refusals_as_problems():
            if chosen == "next":
                assign_next(filing, by=by)
            else:
                assign_filing(filing, _person(chosen, by), by=by, note=form.get("note", "")[:2_000])

    return done(request, do, _("Assigned."), address_of(filing, request))


def _person(chosen: str, by: User) -> User | None:
    if chosen == "nobody":
        return None
    if chosen == "me":
        return by
    person = User.objects.filter(username=chosen, is_active=True).first()
    if person is None:
        raise Problem(400, "unknown_person", _("Not assigned"), _("There is no such person. Choose one of the list."))
    return person


def comment(request: HttpRequest, key: int) -> HttpResponse:
    """Write a comment, or a message that the applicant reads as well."""
    post_only(request)
    filing, by = filing_of(request, key), user_of(request)
    audience = Audience.APPLICANT if request.POST.get("audience") == Audience.APPLICANT else Audience.STAFF

    def do() -> None:
        with refusals_as_problems():
            comment_on(filing, request.POST.get("text", ""), by=by, audience=audience)

    return done(request, do, _("Written."), address_of(filing, request, "#history"))


def document(request: HttpRequest, key: int, sha256: str) -> HttpResponseBase:
    """Download a document, or show it in a frame of the page."""
    filing, by = filing_of(request, key), user_of(request)
    return (shown_in_a_frame if "shown" in request.GET else download)(filing, sha256, by=by)


def compare(request: HttpRequest, key: int) -> HttpResponse:
    """Show what changed between two revisions."""
    filing = filing_of(request, key)
    revisions = {str(row.number): row for row in Revision.objects.filter(filing=filing).order_by("number")}
    numbers = list(revisions)
    before = revisions.get(request.GET.get("before", ""), revisions[numbers[max(len(numbers) - 2, 0)]])
    after = revisions.get(request.GET.get("after", ""), revisions[numbers[-1]])
    context = {
        **admin.site.each_context(request),
        "title": _("What changed"),
        "filing": filing,
        "revisions": revisions.values(),
        "before": before,
        "after": after,
        "differences": compared(before, after, language_of(get_language())),
        "opts": Filing._meta,
    }
    return TemplateResponse(request, "compliance/desk/compare.html", context)


def as_of(request: HttpRequest, key: int) -> HttpResponse:
    """Show the flags that the filing would have on another date, and the changes up to a second date."""
    filing = filing_of(request, key)
    context = {**admin.site.each_context(request), **judged_as_of(filing, request), "opts": Filing._meta}
    return TemplateResponse(request, "compliance/desk/as_of.html", context)


def bill_of_materials(request: HttpRequest, key: int, standard: str) -> HttpResponse:
    """Download the models of the last submitted revision for other tools."""
    filing = filing_of(request, key)
    revision = Revision.objects.filter(filing=filing).order_by("-number").first()
    if revision is None or standard not in FORMATS:
        raise Http404
    return downloaded_models(revision.content, revision.sha256, standard, filing.case_number)


def bundle(request: HttpRequest, key: int) -> HttpResponseBase:
    """Download the whole case as a ZIP file."""
    filing = filing_of(request, key)
    file = TemporaryFile()  # noqa: SIM115  (the response closes it)
    try:
        write_bundle(filing, file)
    except FileMissing as error:
        file.close()
        messages.error(
            request,
            _("The file of “%(name)s” is missing from the storage, so the case cannot be exported.")
            % {"name": error.filename},
        )
        return redirect(address_of(filing, request))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{filing.case_number}.zip")


def addresses() -> list[Any]:
    """Return the addresses below the list of filings."""
    return [
        _path("act/<slug:verb>/", perform, "act"),
        _path("waiver/<slug:verb>/", waive_one, "waive"),
        _path("assign/", assign, "assign"),
        _path("comment/", comment, "comment"),
        _path("documents/<slug:sha256>/", document, "document"),
        _path("letter/<slug:verb>/", compose, "compose"),
        _path("letters/<str:number>/", letter, "letter"),
        _path("compare/", compare, "compare"),
        _path("as-of/", as_of, "as_of"),
        _path("models.<slug:standard>.json", bill_of_materials, "bill"),
        _path("case.zip", bundle, "bundle"),
    ]


def _path(address: str, view: Callable[..., HttpResponseBase], name: str) -> Any:
    guarded = admin.site.admin_view(only_readers(view))
    return path(f"<int:key>/{address}", guarded, name=f"compliance_filing_{name}")
