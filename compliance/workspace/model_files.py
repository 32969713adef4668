"""Filling in a model from its files: a model card, or evidence of its origin."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from compliance.api.evidence import evidence_in
from compliance.dossier.fields import COUNT_LIMIT
from compliance.dossier.stored import tree_of
from compliance.evidence.actions import file_evidence
from compliance.evidence.model_cards import parsed_with_card
from compliance.exchange.carried import LARGEST, NotReadable
from compliance.exchange.reading import joined, read_file
from compliance.filings.reviewing import check_at_once
from compliance.provenance.cards import MOST_BYTES
from compliance.provenance.cards import read_card as card_of
from compliance.provenance.drafting import NoName, NoSuchModel
from compliance.provenance.reading import MOST_BYTES as MOST_EVIDENCE_BYTES
from compliance.workspace.drafts import Draft
from compliance.workspace.model_tools import free_key
from compliance.workspace.saving import NOT_STORED, not_stored_text, parsed_document, store
from compliance.workspace.visits import Visit, for_filers
from registry.api.problems import Problem


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
    except NOT_STORED as error:
        messages.error(visit.request, not_stored_text(error, visit.language))
        return back
    messages.success(visit.request, _("The model card was read into the model “%(key)s”.") % {"key": drafted.key})
    keys = [model.get("key") for model in drafted.document["models"]]
    return redirect("workspace:section", visit.organization.uid, uid, f"models/{keys.index(drafted.key)}")


@for_filers
def read_models(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Fill in models and data sets from a file of another tool: what is there already is kept."""
    filing = visit.find_filing(uid)
    file = visit.request.FILES.get("file")
    back = redirect("workspace:find-model", visit.organization.uid, uid)
    if visit.request.method != "POST" or file is None:
        messages.error(visit.request, _("Choose the file first."))
        return back
    draft = Draft(filing)
    try:
        read = read_file(file.read(LARGEST + 1))
        document = joined(tree_of(draft.kept.content), read, key=visit.request.POST.get("key") or None)
        store(filing, parsed_document(document), by=visit.user, version=draft.version)
    except NotReadable as error:
        messages.error(visit.request, error.message(visit.language))
        return back
    except NOT_STORED as error:
        messages.error(visit.request, not_stored_text(error, visit.language))
        return back
    counts = {
        "models": len(read.models),
        "corpora": len(read.names_of_corpora),
        "lost": ", ".join(read.lost[:10]) or "–",
    }
    text = _("Read: models %(models)s, data sets %(corpora)s. Not carried: %(lost)s.") % counts
    messages.success(visit.request, text)
    return redirect("workspace:filing", visit.organization.uid, uid)


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
    except NOT_STORED as error:
        messages.error(visit.request, not_stored_text(error, visit.language))
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
        model["key"] = free_key(model, keys)
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
