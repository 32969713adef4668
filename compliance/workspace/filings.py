"""The filings of an organization: the list, the page of one, submitting and withdrawing it, removing a part of its dossier."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.api.exchange import downloaded_models
from compliance.api.problems import problem_of
from compliance.casework.clocks import remaining
from compliance.casework.timeline import timeline_of
from compliance.checking.case_facts import working_calendar
from compliance.documents.counting import number_being_read
from compliance.documents.entries import entries_of
from compliance.dossier.pointer import Pointer
from compliance.dossier.stored import load, tree_of
from compliance.exchange.annex_viii import annex_viii
from compliance.exchange.writing import FORMATS
from compliance.filings import workflow
from compliance.filings.actions import submit_filing, withdraw_filing
from compliance.filings.refusals import Refused
from compliance.forms.answers import ABSENT
from compliance.forms.sections import find_section, tree_at
from compliance.models import Filing, Status
from compliance.workspace.drafts import Draft
from compliance.workspace.fields import flag_lines
from compliance.workspace.saving import NOT_STORED, not_stored_text, parsed_document, store
from compliance.workspace.visits import Visit, for_filers, for_members

ON_A_PAGE = 50


@for_members
def filings(visit: Visit) -> HttpResponseBase:
    """List the filings of the organization, the latest change first."""
    query, status = visit.request.GET.get("q", "")[:100], visit.request.GET.get("status", "")
    rows = (
        visit.filings.select_related("official_number")
        .defer("search_text", "search_grams")
        .order_by("-changed_at", "-pk")
    )
    rows = rows.found_by(query) if query else rows
    rows = rows.filter(status=status) if status in Status.values else rows
    page = Paginator(rows, ON_A_PAGE).get_page(visit.request.GET.get("page"))
    calendar, today = working_calendar(), timezone.localdate()
    lines = [(filing, remaining(filing, today=today, calendar=calendar)) for filing in page.object_list]
    context = {
        "room": "filings",
        "page": page,
        "lines": lines,
        "q": query,
        "status": status,
        "statuses": Status.choices,
    }
    return visit.page("filings.html", context)


@for_members
def filing(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Show a filing: what is to be done next, its sections, what is flagged, its documents and its history."""
    found = visit.find_filing(uid)
    draft, language = Draft(found), visit.language
    is_editable = found.is_editable and visit.can_file
    context = {
        "room": "filings",
        "filing": found,
        "draft": draft,
        "states": draft.states(language),
        "flags": flag_lines(draft, draft.flags, language),
        "clock": remaining(found, today=timezone.localdate(), calendar=working_calendar()),
        "can_edit": is_editable,
        "can_withdraw": visit.can_file and found.status in workflow.WITHDRAW.sources,
        "can_amend": visit.can_file and found.status in workflow.IN_FORCE and not found.is_amendment,
        "being_read": number_being_read(found),
        "letters": found.letters.order_by("-pk"),
        "timeline": timeline_of(found, language, for_staff=False),
        "documents": entries_of(found, draft.document, language),
        "amendments": found.amendments.all(),
    }
    return visit.page("filing.html", context)


@for_filers
def submit(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Submit the working copy as the next revision."""
    return _act(
        visit, uid, lambda filing, version: submit_filing(filing, by=visit.user, expected_version=version), _submitted
    )


@for_filers
def withdraw(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Withdraw a filing."""
    reason = visit.request.POST.get("reason", "")
    return _act(
        visit,
        uid,
        lambda filing, version: withdraw_filing(filing, by=visit.user, reason=reason, expected_version=version),
        lambda: _("The filing is withdrawn."),
    )


def _submitted() -> str:
    return _("The filing is submitted. You will be told when the authority has looked at it.")


def _act(
    visit: Visit, uid: UUID, action: Callable[[Filing, frozenset[str]], Any], done: Callable[[], str]
) -> HttpResponseBase:
    found = visit.find_filing(uid)
    if visit.request.method == "POST":
        try:
            action(found, frozenset({visit.request.POST.get("version", "")}))
        except Refused as error:
            messages.error(visit.request, problem_of(error).text)
        else:
            messages.success(visit.request, done())
    return redirect("workspace:filing", visit.organization.uid, uid)


@for_filers
def remove(visit: Visit, uid: UUID, path: str) -> HttpResponseBase:
    """Remove a model or a corpus from the working copy."""
    found = visit.find_filing(uid)
    draft = Draft(found)
    section = find_section(draft.document, path, draft.day)
    if section is None or not section.is_entry or tree_at(draft.document, section.at) is ABSENT:
        raise Http404
    if visit.request.method == "POST":
        try:
            document = tree_of(draft.kept.content)
            del tree_at(document, Pointer(section.at.rpartition("/")[0]))[int(section.at.steps[-1])]
            store(found, parsed_document(document), by=visit.user, version=visit.request.POST.get("version", ""))
        except NOT_STORED as error:
            messages.error(visit.request, not_stored_text(error, visit.language))
            return redirect("workspace:section", visit.organization.uid, uid, path)
        messages.success(visit.request, _("Removed: %(part)s.") % {"part": section.title.in_(visit.language)})
    return redirect("workspace:filing", visit.organization.uid, uid)


@for_members
def bill_of_materials(visit: Visit, uid: UUID, standard: str) -> HttpResponseBase:
    """Download the models of the dossier for other tools."""
    found = visit.find_filing(uid)
    if standard not in FORMATS:
        raise Http404
    kept = found.kept_dossier()
    return downloaded_models(kept.content, kept.sha256, standard, found.case_number)


@for_members
def european_fields(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Show what the dossier says on the fields that the European database asks for."""
    found = visit.find_filing(uid)
    lines = list(annex_viii(load(found.kept_dossier().content), visit.language))
    if visit.request.GET.get("format") == "json":
        return JsonResponse({"fields": [line.as_json() for line in lines]}, json_dumps_params={"ensure_ascii": False})
    context = {"filing": found, "lines": lines, "complete": sum(line.is_complete for line in lines)}
    return visit.page("european_fields.html", context)


@for_members
def dossier(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Download the dossier as JSON, as the API gives it."""
    found = visit.find_filing(uid)
    headers = {"Content-Disposition": f'attachment; filename="{found.case_number}.json"'}
    return HttpResponse(found.kept_dossier().content, content_type="application/json", headers=headers)
