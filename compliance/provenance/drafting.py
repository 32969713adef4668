"""Add the content of a model card to the `models[]` of a dossier; existing values of the dossier are kept."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.provenance.cards import Card
from registry.names import folded_model
from registry.reference.base_models import BaseModel, base_model
from registry.reference.hub import license_of_card
from registry.reference.series import base_model_named

_HUB = "https://huggingface.co/"
_MODALITIES = (("text", "text"), ("image", "image"), ("audio", "audio"), ("speech", "audio"), ("video", "video"))
_LONGEST_KEY = 80


class NoSuchModel(ValueError):
    """The dossier has no model with this key; `keys` are the existing keys."""

    def __init__(self, key: str, keys: list[str]) -> None:
        super().__init__(key)
        self.key, self.keys = key, keys


class NoName(ValueError):
    """The card does not name a model, and no key was given."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """The extended dossier, the key of the model, and the fields where the dossier differs from the card and was kept."""

    document: dict[str, Any]
    key: str
    kept: tuple[str, ...]


def drafted(document: Mapping[str, Any], card: Card, key: str | None = None) -> Drafted:
    """
    Return a copy of a dossier extended by the card's model: the model with this key, otherwise the one with the same name,
    otherwise a new one.

    Raises NoSuchModel if the key does not exist, NoName if neither key nor card names a model.
    """
    extended: dict[str, Any] = copy.deepcopy(dict(document))
    models: list[dict[str, Any]] = extended.get("models") or []
    extended["models"] = models
    model = _model(models, card, key)
    kept = tuple(name for name, value in _card_fields(card).items() if not _fill(model, name, value))
    _add_parents(models, model, card)
    _add_corpora(model, card)
    return Drafted(extended, model["key"], kept)


def _model(models: list[dict[str, Any]], card: Card, key: str | None) -> dict[str, Any]:
    if key is not None:
        found = next((model for model in models if model.get("key") == key), None)
        if found is None:
            raise NoSuchModel(key, _keys(models))
        return found
    if not card.name:
        raise NoName
    found = _named(models, card.name) or _added(models, {"name": card.name, "used_by_service": True})
    return _keyed(found, models)


def _keys(models: list[dict[str, Any]]) -> list[str]:
    return [model["key"] for model in models if model.get("key")]


def _named(models: list[dict[str, Any]], name: str) -> dict[str, Any] | None:
    """Return the model of a dossier with this name, with or without the owner prefix."""
    names = {folded_model(name), folded_model(name.rsplit("/", 1)[-1])}
    for model in models:
        if folded_model((model.get("name") or "").rsplit("/", 1)[-1]) in names:
            return model
    return None


def _keyed(model: dict[str, Any], models: list[dict[str, Any]]) -> dict[str, Any]:
    """Give a model a key if it has none: models that others derive from need one."""
    if not model.get("key"):
        model["key"] = free_key(str(model.get("name") or "model"), _keys(models))
    return model


def free_key(name: str, taken: Collection[str]) -> str:
    """Return a key made from a name that is not taken."""
    stem = re.sub(r"[^\w.-]+", "-", name.rsplit("/", 1)[-1]).strip("-").casefold()[:_LONGEST_KEY] or "model"
    return next(key for i in range(len(taken) + 1) if (key := f"{stem}-{i + 1}" if i else stem) not in taken)


def _added(models: list[dict[str, Any]], model: dict[str, Any]) -> dict[str, Any]:
    """Add a model under a key made from its name."""
    models.append({"key": free_key(model["name"], _keys(models)), **model})
    added: dict[str, Any] = models[-1]
    return added


def _card_fields(card: Card) -> dict[str, Any]:
    """Return the plain model fields that the card gives a value for."""
    license = license_of_card(card.license, card.license_name)
    modalities = [to for word, to in _MODALITIES if word in (card.pipeline or "")]
    values = {
        "name": card.name,
        "license": license,
        "development": "derived" if card.base_models else None,
        "modalities": list(dict.fromkeys(modalities)),
    }
    return {name: value for name, value in values.items() if value}


def _fill(model: dict[str, Any], name: str, value: Any) -> bool:
    """Set a field if it is empty; return False if it has a different value."""
    if model.get(name) in (None, "", []):
        model[name] = value
    return name == "name" or model[name] == value


def _add_parents(models: list[dict[str, Any]], model: dict[str, Any], card: Card) -> None:
    taken = [model]
    for name in card.base_models:
        others = [other for other in models if not any(other is each for each in taken)]
        parent = _keyed(_named(others, name) or _added(models, _parent(name)), models)
        taken.append(parent)
        edges = model["derived_from"] = model.get("derived_from") or []
        if not any(edge.get("key") == parent["key"] for edge in edges):
            edges.append({"key": parent["key"], "relation": card.relation})


def _parent(written: str) -> dict[str, Any]:
    """Return an entry for a base model that the dossier does not list, with developer and license if the catalog has them."""
    owner, _, name = written.rpartition("/")
    entry: dict[str, Any] = {"name": name, "used_by_service": False}
    known = _known(name)
    if known is not None:
        entry["developer"] = {"name": known.developer, "country": known.country}
        entry["license"] = known.license or None
        entry["open_weights"] = known.open_weights
    elif owner:
        entry["developer"] = {"name": owner}
    return {field: value for field, value in entry.items() if value is not None}


def _known(name: str) -> BaseModel | None:
    """Return the catalog model with exactly this name: a derivative whose name contains it is a different model."""
    match = base_model_named(name)
    models = [base_model(id) for id in (match.models if match else ())]
    return next((model for model in models if folded_model(model.name) == folded_model(name)), None)


def _add_corpora(model: dict[str, Any], card: Card) -> None:
    if not card.datasets:
        return
    corpora = model["corpora"] = model.get("corpora") or []
    names = {folded_model(corpus.get("name") or "") for corpus in corpora}
    for name in card.datasets:
        if folded_model(name) not in names:
            corpora.append(_corpus(name, card))


def _corpus(name: str, card: Card) -> dict[str, Any]:
    corpus: dict[str, Any] = {"name": name, "stage": "optimization" if card.base_models else None}
    if "/" in name:
        corpus |= {
            "source_type": "open_source",
            "source_name": "Hugging Face Hub",
            "source_url": f"{_HUB}datasets/{name}",
        }
    return {field: value for field, value in corpus.items() if value is not None}
