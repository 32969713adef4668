"""Filling in a model without typing: from the register, or from its model card."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from compliance.api.evidence import evidence_in
from compliance.api.problems import problem_of
from compliance.dossier.faults import Malformed
from compliance.dossier.fields import COUNT_LIMIT
from compliance.dossier.stored import tree_of
from compliance.evidence.actions import file_evidence
from compliance.evidence.model_cards import parsed_with_card
from compliance.filings.refusals import Refused
from compliance.filings.reviewing import check_at_once
from compliance.models import Filing
from compliance.provenance.cards import MOST_BYTES
from compliance.provenance.cards import read_card as card_of
from compliance.provenance.drafting import NoName, NoSuchModel
from compliance.provenance.reading import MOST_BYTES as MOST_EVIDENCE_BYTES
from compliance.workspace.drafts import Draft
from compliance.workspace.saving import malformed_text, parsed_document, store
from compliance.workspace.visits import Visit, for_filers
from registry.api.problems import Problem
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
    model["key"] = _free_key(model, [str(each.get("key")) for each in models])
    model["used_by_service"] = document["kind"] == "registration"
    document["models"] = [*models, model]
    return _stored(visit, filing, document, draft.version, f"models/{len(models)}")


def _free_key(model: dict[str, Any], taken: list[str]) -> str:
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


@for_filers
def read_card(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Fill in the models of the dossier from a model card: what is there already is kept."""
    filing = visit.find_filing(uid)
    file = visit.request.FILES.get("card")
    back = redirect("workspace:find-model", visit.organization.uid, uid)
    if visit.request.method != "POST" or file is None:
        messages.error(visit.request, _("Choose the model card (README.md) first."))
        return back
    draft = Draft(filing)
    try:
        drafted, parsed = parsed_with_card(
            draft.kept.content.encode(), card_of(file.read(MOST_BYTES + 1), file.name), None
        )
        store(filing, parsed, by=visit.user, version=draft.version)
    except (NoName, NoSuchModel):
        messages.error(
            visit.request, _("The model card names no model. Enter the model by hand, or choose another file.")
        )
        return back
    except Malformed as error:
        messages.error(visit.request, malformed_text(error, visit.language))
        return back
    except Refused as error:
        messages.error(visit.request, problem_of(error).text)
        return back
    messages.success(visit.request, _("The model card was read into the model “%(key)s”.") % {"key": drafted.key})
    keys = [model.get("key") for model in drafted.document["models"]]
    return redirect("workspace:section", visit.organization.uid, uid, f"models/{keys.index(drafted.key)}")


@for_filers
def read_evidence(visit: Visit, uid: UUID) -> HttpResponseBase:
    """
    File evidence of a model's origin (evidence.json, or a config.json), and fill in what its configuration says and the dossier
    does not: for a model of the dossier, or for a new one.
    """
    filing = visit.find_filing(uid)
    file = visit.request.FILES.get("evidence")
    back = redirect("workspace:find-model", visit.organization.uid, uid)
    if visit.request.method != "POST" or file is None:
        messages.error(visit.request, _("Choose the file with the evidence first."))
        return back
    draft = Draft(filing)
    document = tree_of(draft.kept.content)
    try:
        part = "config.json" if file.name == "config.json" else None
        evidence = evidence_in(file.read(MOST_EVIDENCE_BYTES + 1), part)
        number, key = _model_for(document, visit.request.POST.get("key", ""), evidence, file.name)
        with transaction.atomic():
            parsed = parsed_document(document)
            if parsed.canonical.sha256 != draft.version:
                store(filing, parsed, by=visit.user, version=draft.version)
            file_evidence(filing, key, evidence, by=visit.user)
            check_at_once(filing)
    except Problem as error:
        messages.error(visit.request, error.text)
        return back
    except Malformed as error:
        messages.error(visit.request, malformed_text(error, visit.language))
        return back
    except Refused as error:
        messages.error(visit.request, problem_of(error).text)
        return back
    messages.success(
        visit.request,
        _("The evidence of “%(key)s” is filed. What it says against the declaration is flagged.") % {"key": key},
    )
    return redirect("workspace:section", visit.organization.uid, uid, f"models/{number}")


def _model_for(document: dict[str, Any], key: str, evidence: dict[str, Any], filename: str) -> tuple[int, str]:
    """Return the number and the key of the model that evidence is about, with what its configuration says filled in."""
    models = document.get("models") or []
    keys = [str(model.get("key")) for model in models]
    config = evidence.get("config.json")
    config = config if isinstance(config, dict) else {}
    if key not in keys:
        given = config.get("_name_or_path")
        name = given.rstrip("/").rpartition("/")[2] if isinstance(given, str) and given.strip("/ ") else filename
        model: dict[str, Any] = {"name": name[:200]}
        model["key"] = _free_key(model, keys)
        models, keys = [*models, model], [*keys, str(model["key"])]
        key = str(model["key"])
    model = models[keys.index(key)]
    for field, value in _declared_by(config).items():
        if model.get(field) in (None, ""):
            model[field] = value
    document["models"] = models
    return keys.index(key), key


def _declared_by(config: dict[str, Any]) -> dict[str, Any]:
    """Return what a configuration says that a dossier declares: the architecture and the context length."""
    architectures, length = config.get("architectures"), config.get("max_position_embeddings")
    declared: dict[str, Any] = {}
    if isinstance(architectures, list) and architectures and isinstance(architectures[0], str):
        declared["architecture"] = architectures[0][:200]
    if isinstance(length, int) and not isinstance(length, bool) and 0 < length < COUNT_LIMIT:
        declared["context_length"] = length
    return declared


def _stored(visit: Visit, filing: Filing, document: Any, version: str, path: str) -> HttpResponseBase:
    try:
        store(filing, parsed_document(document), by=visit.user, version=version)
    except Malformed as error:
        messages.error(visit.request, malformed_text(error, visit.language))
        return redirect("workspace:find-model", visit.organization.uid, filing.uid)
    except Refused as error:
        messages.error(visit.request, problem_of(error).text)
        return redirect("workspace:find-model", visit.organization.uid, filing.uid)
    messages.success(visit.request, _("The model is added. Look through what was filled in."))
    return redirect("workspace:section", visit.organization.uid, filing.uid, path)
