"""Read a file of another tool, whatever its format, and join it to a dossier."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from compliance.exchange.carried import Carried, NotReadable, document_of
from compliance.exchange.croissant import is_croissant, read_croissant
from compliance.exchange.cyclonedx_reading import is_cyclonedx, read_cyclonedx
from compliance.exchange.spdx_reading import is_spdx, read_spdx
from registry.names import folded_model


def read_file(raw: bytes) -> Carried:
    """Return the models and corpora of a file. Raises NotReadable."""
    document = document_of(raw)
    for is_this, read in ((is_cyclonedx, read_cyclonedx), (is_spdx, read_spdx), (is_croissant, read_croissant)):
        if is_this(document):
            return read(document)
    raise NotReadable("unknown")


def joined(document: Mapping[str, Any], carried: Carried, *, key: str | None = None) -> dict[str, Any]:
    """
    Return a copy of a dossier with the models of a file: a model of the same key or name keeps what it has and gets what it lacks;
    others are added. Corpora alone go to the model with the given key, or to the first one.
    """
    extended: dict[str, Any] = copy.deepcopy(dict(document))
    models: list[dict[str, Any]] = extended.get("models") or []
    extended["models"] = models
    keys = {each["key"]: _place(models, each)["key"] for each in carried.models}
    for each in carried.models:
        model = next(model for model in models if model.get("key") == keys[each["key"]])
        edges = [{**edge, "key": keys.get(edge["key"], edge["key"])} for edge in each.get("derived_from", ())]
        _fill(model, {**each, "key": model["key"], **({"derived_from": edges} if edges else {})})
    if carried.corpora:
        _add_corpora(models, carried.corpora, key)
    return extended


def _place(models: list[dict[str, Any]], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the model of a dossier that another one means, added under a free key if there is none."""
    for model in models:
        if model.get("key") == wanted["key"] or folded_model(model.get("name") or "") == folded_model(wanted["name"]):
            model.setdefault("key", wanted["key"])
            return model
    models.append({"key": wanted["key"], "name": wanted["name"]})
    return models[-1]


def _fill(model: dict[str, Any], values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if model.get(name) in (None, "", []):
            model[name] = value


def _add_corpora(models: list[dict[str, Any]], corpora: list[dict[str, Any]], key: str | None) -> None:
    model = next((each for each in models if key in (None, each.get("key"))), None)
    if model is None:
        model = {"key": key or "model", "name": key or "model"}
        models.append(model)
    own = model["corpora"] = model.get("corpora") or []
    names = {folded_model(each.get("name") or ""): each for each in own}
    for corpus in corpora:
        if (known := names.get(folded_model(corpus["name"]))) is None:
            own.append(corpus)
        else:
            _fill(known, corpus)
