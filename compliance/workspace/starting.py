"""Starting a filing: empty, from an earlier one, or as the change or cancellation of what was filed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from compliance.documents.carrying import carry_documents
from compliance.dossier.codes import KINDS
from compliance.dossier.stored import tree_of
from compliance.filings.actions import open_filing
from compliance.filings.reviewing import check_at_once
from compliance.filings.workflow import IN_FORCE
from compliance.models import Filing
from compliance.workspace.saving import NOT_STORED, not_stored_text, parsed_document
from compliance.workspace.visits import Visit, for_filers
from registry.models import Organization, User

# What belongs to one service alone: where it is, since when, how many use it, and its numbers.
OF_ONE_SERVICE = (
    "urls",
    "access_path",
    "launched_on",
    "terminated_on",
    "algorithm_filing_number",
    "monthly_active_users",
    "registered_users",
    "display",
)
# What a new filing does not take over from an earlier one.
_OWN = ("action", "amends", "occurred_on", "reference")


@for_filers
def start(visit: Visit) -> HttpResponseBase:
    """Ask what is to be filed, and open the filing."""
    if visit.request.method != "POST":
        return _page(visit, visit.request.GET.get("service", ""), visit.request.GET.get("kind", "generative"))
    post = visit.request.POST
    kind, service = post.get("kind", ""), post.get("service", "").strip()
    refusals = {}
    if kind not in KINDS:
        refusals["kind"] = _("Choose what is to be filed.")
    if not service:
        refusals["service"] = _("Enter the name of the service, as its users see it.")
    if refusals:
        return _page(visit, service, kind, refusals, status=422)
    source = _source(visit, post.get("source", ""))
    document = _copied(source, kind, service) if source else new_document(visit.organization, kind, service)
    return _opened(visit, document, source, lambda text: _page(visit, service, kind, {"service": text}, status=409))


@for_filers
def amend(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Open the change or the cancellation of a filing in force: with all that was filed, so that only what differs is entered."""
    filing = visit.find_filing(uid)
    action = visit.request.POST.get("action", "")
    if visit.request.method != "POST" or filing.status not in IN_FORCE or action not in ("change", "cancellation"):
        return redirect("workspace:filing", visit.organization.uid, uid)
    kept = {name: value for name, value in _filed(filing).items() if name not in _OWN}
    document = {**kept, "action": action, "amends": str(filing.official_number)}

    def refused(text: str) -> HttpResponseBase:
        messages.error(visit.request, text)
        return redirect("workspace:filing", visit.organization.uid, uid)

    return _opened(visit, document, filing, refused)


def _opened(visit: Visit, document: Any, source: Filing | None, refused: Any) -> HttpResponseBase:
    try:
        filing = open_with_documents(document, source, by=visit.user)
    except NOT_STORED as error:
        return refused(not_stored_text(error, visit.language))
    return redirect("workspace:filing", visit.organization.uid, filing.uid)


@transaction.atomic
def open_with_documents(document: Any, source: Filing | None, *, by: User) -> Filing:
    """Open a filing with a dossier, the documents that it names of an earlier filing, and its flags."""
    filing, _is_new = open_filing(parsed_document(document), by=by)
    if source:
        carry_documents(source, filing, by=by)
    check_at_once(filing)
    return filing


def new_document(organization: Organization, kind: str, service: str) -> dict[str, Any]:
    """Return the dossier of a new filing, with the particulars of the applicant as they were entered last."""
    latest = Filing.objects.filter(applicant=organization).order_by("-changed_at").first()
    known = tree_of(latest.kept_dossier().content) if latest else {}
    applicant = known.get("applicant") or {"name": organization.name, "uscc": organization.uscc}
    jurisdiction = {"jurisdiction": known["jurisdiction"]} if known.get("jurisdiction") else {}
    return {"kind": kind, **jurisdiction, "applicant": applicant, "service": {"name": service}}


def _copied(source: Filing, kind: str, service: str) -> dict[str, Any]:
    """Return the dossier of a new service that takes over the particulars of an earlier filing but those of its service alone."""
    document = {name: value for name, value in _filed(source).items() if name not in _OWN}
    document["kind"] = kind
    shared = {name: value for name, value in document["service"].items() if name not in OF_ONE_SERVICE}
    document["service"] = {**shared, "name": service}
    return document


def _filed(filing: Filing) -> dict[str, Any]:
    document: dict[str, Any] = tree_of(filing.kept_dossier().content)
    return document


def _source(visit: Visit, uid: str) -> Filing | None:
    try:
        return visit.filings.filter(uid=UUID(uid)).first() if uid else None
    except ValueError:
        return None


def _page(
    visit: Visit, service: str, kind: str, refusals: dict[str, str] | None = None, status: int = 200
) -> HttpResponseBase:
    labels = [(code, label.in_(visit.language)) for code, label in KINDS.items()]
    context = {
        "room": "filings",
        "kinds": labels,
        "kind": kind,
        "service": service,
        "sources": visit.filings.order_by("-changed_at")[:100],
        "source": visit.request.POST.get("source") or visit.request.GET.get("source", ""),
        "refusals": refusals or {},
    }
    return visit.page("start.html", context, status=status)
