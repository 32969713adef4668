"""Filling in a model from the register: found by name, developer or official number."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from compliance.dossier.stored import tree_of
from compliance.models import Filing
from compliance.workspace.drafts import Draft
from compliance.workspace.saving import NOT_STORED, not_stored_text, parsed_document, store
from compliance.workspace.visits import Visit, for_filers
from registry.models import AIModel, NumberStatus, OfficialNumber
from registry.register.precedence import shown_values

MOST_FOUND = 20
# What is taken over from the register, by the name of the field.
_TAKEN = ("license", "parameters", "architecture", "context_length", "modalities", "open_weights")


@for_filers
def find(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Find a filed or known base model by name, developer or number, to be added to the dossier."""
    filing = visit.find_filing(uid)
    query = visit.request.GET.get("q", "").strip()[:100]
    context = {
        "room": "filings",
        "filing": filing,
        "q": query,
        "numbers": _numbers(query) if query else [],
        "models": _models(visit, query) if query else [],
        "own": [model.get("key") for model in Draft(filing).document.get("models") or () if model.get("key")],
    }
    return visit.page("find_model.html", context)


def _numbers(query: str) -> list[OfficialNumber]:
    """Return filed models and services by their official numbers; those in force first."""
    rows = OfficialNumber.objects.found_by(query).select_related("organization").exclude(kind="algorithm")
    in_force = (NumberStatus.FILED, NumberStatus.REGISTERED)
    return sorted(rows[:MOST_FOUND], key=lambda row: row.status not in in_force)


def _models(visit: Visit, query: str) -> list[AIModel]:
    rows = AIModel.objects.visible_to(visit.user).found_by(query).select_related("developer")
    return list(rows.prefetch_related("official_numbers")[:MOST_FOUND])


@for_filers
def add(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Add a model that was found to the dossier, with its number, developer and license."""
    filing = visit.find_filing(uid)
    if visit.request.method != "POST":
        return redirect("workspace:find-model", visit.organization.uid, uid)
    model = _found(visit, visit.request.POST.get("model", ""), visit.request.POST.get("number", ""))
    if model is None:
        messages.error(visit.request, _("This model is not in the register any more. Search again."))
        return redirect("workspace:find-model", visit.organization.uid, uid)
    draft = Draft(filing)
    document = tree_of(draft.kept.content)
    models = document.get("models") or []
    model["key"] = free_key(model, [str(each.get("key")) for each in models])
    model["used_by_service"] = document["kind"] == "registration"
    document["models"] = [*models, model]
    return _stored(visit, filing, document, draft.version, f"models/{len(models)}")


def free_key(model: dict[str, Any], taken: list[str]) -> str:
    base = model["name"][:60]
    candidates = (base if n == 1 else f"{base} {n}" for n in range(1, len(taken) + 2))
    return next(key for key in candidates if key not in taken)


def _found(visit: Visit, model: str, number: str) -> dict[str, Any] | None:
    try:
        if number:
            row = OfficialNumber.objects.filter(uid=UUID(number)).select_related("organization").first()
            return _of_number(row) if row else None
        found = AIModel.objects.visible_to(visit.user).filter(uid=UUID(model)).select_related("developer").first()
        return _of_model(found, visit) if found else None
    except ValueError:
        return None


def _of_number(row: OfficialNumber) -> dict[str, Any]:
    developer = {"name": row.holder, "country": "CN"}
    if row.organization and row.organization.uscc:
        developer["uscc"] = row.organization.uscc
    return {"name": row.title or row.products or row.number, "developer": developer, "filing_number": row.number}


def _of_model(row: AIModel, visit: Visit) -> dict[str, Any]:
    statements = row.statements.visible_to(visit.user).select_related("source")
    shown = {name: value for name, (value, _source) in shown_values(statements).items()}
    model: dict[str, Any] = {"name": row.name}
    if row.version:
        model["version"] = row.version
    if row.developer:
        developer = {"name": row.developer.name, "country": row.country, "uscc": row.developer.uscc}
        model["developer"] = {name: value for name, value in developer.items() if value}
    model |= {name: shown[name] for name in _TAKEN if shown.get(name) not in (None, "", [])}
    number = next(iter(row.all_numbers), None)
    if number:
        model["filing_number"] = number.number
    return model


def _stored(visit: Visit, filing: Filing, document: Any, version: str, path: str) -> HttpResponseBase:
    try:
        store(filing, parsed_document(document), by=visit.user, version=version)
    except NOT_STORED as error:
        messages.error(visit.request, not_stored_text(error, visit.language))
        return redirect("workspace:find-model", visit.organization.uid, filing.uid)
    messages.success(visit.request, _("The model is added. Look through what was filled in."))
    return redirect("workspace:section", visit.organization.uid, filing.uid, path)
