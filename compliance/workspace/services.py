"""My services: one line a service with its duties, numbers, deadlines and flags; services kept without a filing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.dossier.codes import FUNCTIONS, KINDS
from compliance.filings import workflow
from compliance.inventory.keeping import keep_service, stop_keeping
from compliance.inventory.services import CALLED_MODEL, OWN_MODEL, ServiceLine, services_of
from compliance.language import Bilingual
from compliance.models import KeptService
from compliance.rules.duties import Duty, Need
from compliance.rules.instruments import spelled_out
from compliance.workspace.visits import Visit, for_filers, for_members
from registry.exporting import exported

_NEEDS = {
    Need.REQUIRED: Bilingual("needed", "需要"),
    Need.NOT_REQUIRED: Bilingual("not needed", "不需要"),
    Need.UNCLEAR: Bilingual("unclear", "待定"),
}


@for_members
def services(visit: Visit) -> HttpResponseBase:
    """Show the services, those for which something is missing first."""
    lines = services_of(visit.organization, today=timezone.localdate())
    form = visit.request.GET.get("export", "")
    if form in ("csv", "xlsx"):
        return exported(visit.request, "services", form, _headings(), _rows(lines, visit), len(lines))
    context = {
        "room": "services",
        "lines": [_line(line, visit) for line in lines],
        "count": len(lines),
        "open_count": sum(line.is_open for line in lines),
        "error_count": sum(line.errors for line in lines),
    }
    return visit.page("services.html", context)


def _line(line: ServiceLine, visit: Visit) -> dict[str, Any]:
    return {
        "line": line,
        "duties": [_duty(line, duty, visit) for duty in line.duties],
        "changes": [
            filing for filing in line.filings if filing.is_amendment and filing.status not in workflow.AMENDMENT_IS_OVER
        ],
    }


def _duty(line: ServiceLine, duty: Duty, visit: Visit) -> dict[str, Any]:
    language = visit.language
    return {
        "kind": duty.kind,
        "label": KINDS[duty.kind].in_(language),
        "need": duty.need,
        "need_label": _NEEDS[duty.need].in_(language),
        "why": duty.why.in_(language),
        "law": spelled_out(duty.cites, language),
        "filing": line.filing_for(duty.kind),
    }


def _headings() -> list[str]:
    names = [_("Service")]
    for kind in KINDS.values():
        names += [f"{kind.zh} / {kind.en}", _("Why"), _("Status"), _("Number")]
    return [*names, _("Next deadline"), _("Errors"), _("Warnings"), _("Reason")]


def _rows(lines: list[ServiceLine], visit: Visit) -> Iterator[list[Any]]:
    for line in lines:
        row: list[Any] = [line.name]
        for duty in line.duties:
            filing = line.filing_for(duty.kind)
            status = filing.get_status_display() if filing else ""
            number = str(filing.official_number) if filing and filing.official_number else ""
            row += [_NEEDS[duty.need].in_(visit.language), duty.why.in_(visit.language), status, number]
        due_on = line.clock.due_on if line.clock else None
        yield [*row, due_on, line.errors, line.warnings, line.kept.reason if line.kept else ""]


@for_filers
def keep(visit: Visit, uid: UUID | None = None) -> HttpResponseBase:
    """Keep a service that has no filing in the list, with the reason."""
    kept = None
    if uid is not None:
        kept = KeptService.objects.filter(organization=visit.organization, uid=uid).first()
        if kept is None:
            raise Http404
    post, facts = visit.request.POST, dict(kept.facts) if kept else {}
    values = {"name": kept.name if kept else "", "reason": kept.reason if kept else "", "facts": facts}
    refused = ""
    if visit.request.method == "POST":
        facts = _facts(post)
        values = {"name": post.get("name", "").strip(), "reason": post.get("reason", "").strip(), "facts": facts}
        if not values["name"] or len(str(values["name"])) > 200:
            refused = _("Enter the name of the service, with at most 200 characters.")
        else:
            keep_service(visit.organization, kept, by=visit.user, **values)
            messages.success(visit.request, _("Saved."))
            return redirect("workspace:services", visit.organization.uid)
    choices = [
        (code, label.in_(visit.language), code in facts.get("functions", ())) for code, label in FUNCTIONS.items()
    ]
    context = {"room": "services", "kept": kept, "values": values, "functions": choices, "refused": refused}
    return visit.page("keep_service.html", context, status=422 if refused else 200)


def _facts(post: Any) -> dict[str, Any]:
    answers = {"true": True, "false": False}
    facts: dict[str, Any] = {
        name: answers[post.get(name, "")] for name in ("public", "opinion_capacity") if post.get(name) in answers
    }
    if functions := [code for code in post.getlist("functions") if code in FUNCTIONS]:
        facts["functions"] = functions
    if post.get("runs_on") in (OWN_MODEL, CALLED_MODEL):
        facts["runs_on"] = post["runs_on"]
    return facts


@for_filers
def forget(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Take a service without a filing off the list."""
    if visit.request.method == "POST":
        stop_keeping(visit.organization, uid)
        messages.success(visit.request, _("The service is off the list."))
    return redirect("workspace:services", visit.organization.uid)
