"""Filings as workbooks and as the official forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.api.problems import problem_of
from compliance.documents.uploads import DOCX, XLSX
from compliance.dossier.stored import tree_of
from compliance.models import Level
from compliance.official_forms.writing import write_form
from compliance.workbooks.taking import Line, NotTaken, Taken, read_filings, take_over
from compliance.workbooks.writing import TooLongForACell, Written, write_workbook
from compliance.workspace.drafts import Draft
from compliance.workspace.starting import new_document
from compliance.workspace.visits import Visit, for_filers, for_members

LARGEST = 20 * 1024 * 1024
MOST_FAULTS = 200


@for_members
def download(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Download a filing as a workbook. Uploaded again, it changes that filing."""
    filing = visit.find_filing(uid)
    draft, back = Draft(filing), redirect("workspace:filing", visit.organization.uid, uid)
    return _workbook(visit, [(filing.case_number, draft.document, draft.version)], f"{filing.case_number}.xlsx", back)


def _workbook(visit: Visit, documents: list[Written], name: str, back: HttpResponseBase) -> HttpResponseBase:
    try:
        return _file(write_workbook(documents, visit.language), name, XLSX)
    except TooLongForACell:
        messages.error(visit.request, _("A list of texts is too long for a cell of a workbook. Change it on its page."))
        return back


@for_members
def empty(visit: Visit) -> HttpResponseBase:
    """Download a workbook to fill in, with the particulars of the applicant; or with all drafts and returned filings."""
    if "all" in visit.request.GET:
        filings = visit.filings.filter(status__in=("draft", "returned")).order_by("pk")
        documents = [
            (filing.case_number, tree_of(filing.working_copy.content), filing.working_copy.sha256)
            for filing in filings.select_related("working_copy")
        ]
    else:
        document = new_document(visit.organization, "generative", "")
        document["service"] = {}
        documents = [("", document)]
    return _workbook(visit, documents, "filings.xlsx", redirect("workspace:workbook", visit.organization.uid))


@for_members
def official_form(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Download the official form of a filing, filled in, for signature and seal."""
    filing = visit.find_filing(uid)
    return _file(write_form(Draft(filing).document), f"{filing.case_number}.docx", DOCX)


def _file(content: bytes, name: str, media_type: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@for_filers
def workbook(visit: Visit) -> HttpResponseBase:
    """Take a workbook: check it, and store its filings if no fault is left and it is asked for."""
    if visit.request.method != "POST":
        return _page(visit, None)
    file = visit.request.FILES.get("file")
    if file is None or (file.size or 0) > LARGEST:
        text = _("Choose a workbook of at most 20 MB.")
        messages.error(visit.request, text)
        return _page(visit, None, status=422)
    taken = read_filings(file, visit.organization, visit.language)
    if taken.faults or "take" not in visit.request.POST:
        return _page(visit, taken, status=422 if taken.faults else 200)
    try:
        filings = take_over(taken, by=visit.user)
    except NotTaken as error:
        sheet, cell = error.line.entered.cell_of("")
        taken.faults.append((sheet, cell, problem_of(error.refused).text))
        return _page(visit, taken, status=409)
    count = len(filings)
    text = ngettext("%(n)s filing was taken over and checked.", "%(n)s filings were taken over and checked.", count)
    messages.success(visit.request, text % {"n": count})
    if count == 1:
        return redirect("workspace:filing", visit.organization.uid, filings[0].uid)
    return redirect("workspace:filings", visit.organization.uid)


def _page(visit: Visit, taken: Taken | None, status: int = 200) -> HttpResponseBase:
    context = {
        "room": "filings",
        "taken": taken,
        "lines": [_line(line) for line in taken.lines] if taken else [],
        "faults": taken.faults[:MOST_FAULTS] if taken else [],
        "fault_count": len(taken.faults) if taken else 0,
        "drafts": visit.filings.filter(status__in=("draft", "returned")).count(),
    }
    return visit.page("workbook.html", context, status=status)


def _line(line: Line) -> dict[str, Any]:
    return {
        "line": line,
        "service": line.parsed.dossier.service.name if line.parsed else "",
        "errors": sum(finding.level == Level.ERROR for finding in line.findings),
        "warnings": sum(finding.level == Level.WARNING for finding in line.findings),
    }
