"""
Write the models of a dossier as a CycloneDX 1.7 bill of materials for machine learning (ECMA-424).

Lineage stands in `pedigree.ancestors` and in the dependencies, data in components of the type `data`, to which model cards refer.
What CycloneDX has no member for stands in properties under `aimodel:`, so that reading it again loses nothing that is carried.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from compliance.exchange.carried import filled

VERSION = "1.7"
PREFIX = "aimodel:"
# Plain fields of a model and of a corpus that are carried as properties.
MODEL_FIELDS = (
    "development",
    "access",
    "released_on",
    "open_weights",
    "used_by_service",
    "filing_number",
    "context_length",
    "parameters",
)
CORPUS_FIELDS = (
    "stage",
    "source_type",
    "origin",
    "items",
    "tokens",
    "bytes",
    "personal_information",
    "sensitive_personal_information",
)
NAMESPACE = uuid.UUID("6f0a3c1e-52c9-5f0e-9b8e-8e4f8a5d2f10")


def as_cyclonedx(document: Mapping[str, Any], *, digest: str, at: str) -> dict[str, Any]:
    """
    Return the bill of materials of a dossier's document. `digest` is its SHA-256, from which the serial number follows; `at` the
    moment of writing (ISO 8601).
    """
    models = [model for model in document.get("models") or [] if model.get("key")]
    corpora = [component for model in models for component in _corpora(model)]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": VERSION,
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, digest)}",
        "version": 1,
        "metadata": {"timestamp": at, "component": _service(document)},
        "components": [*(_model(model, models) for model in models), *corpora],
        "dependencies": list(_dependencies(models)),
    }


def _service(document: Mapping[str, Any]) -> dict[str, Any]:
    service, applicant = document["service"], document["applicant"]
    return filled(
        type="application",
        **{"bom-ref": "service"},
        name=service["name"],
        description=service.get("description"),
        supplier=filled(name=applicant.get("name")) or None,
        properties=_properties({"uscc": applicant.get("uscc"), "kind": document.get("kind")}),
    )


def _model(model: Mapping[str, Any], models: list[dict[str, Any]]) -> dict[str, Any]:
    developer = model.get("developer") or {}
    names = {other["key"]: other for other in models}
    edges = [edge for edge in model.get("derived_from") or [] if edge.get("key") in names]
    values = {name: model.get(name) for name in MODEL_FIELDS}
    values |= {"developer_uscc": developer.get("uscc"), "developer_country": developer.get("country")}
    values |= {f"relation:{edge['key']}": edge.get("relation") for edge in edges}
    return filled(
        type="machine-learning-model",
        **{"bom-ref": f"model:{model['key']}"},
        name=model.get("name") or model["key"],
        version=model.get("version"),
        manufacturer=filled(name=developer.get("name")) or None,
        licenses=_licenses(model.get("license")),
        modelCard=_card(model) or None,
        pedigree={"ancestors": [_ancestor(names[edge["key"]]) for edge in edges]} if edges else None,
        properties=_properties(values),
    )


def _ancestor(model: Mapping[str, Any]) -> dict[str, Any]:
    return filled(type="machine-learning-model", name=model.get("name") or model["key"], version=model.get("version"))


def _card(model: Mapping[str, Any]) -> dict[str, Any]:
    modalities = [{"format": each} for each in model.get("modalities") or []]
    data = [{"ref": component["bom-ref"]} for component in _corpora(model)]
    parameters = filled(
        modelArchitecture=model.get("architecture"), inputs=modalities, outputs=modalities, datasets=data
    )
    return filled(modelParameters=parameters)


def _corpora(model: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for place, corpus in enumerate(model.get("corpora") or []):
        ref = f"corpus:{model['key']}:{place}"
        values = {name: corpus.get(name) for name in CORPUS_FIELDS}
        values |= {"modality": corpus.get("modality"), "languages": ",".join(corpus.get("languages") or []) or None}
        address = corpus.get("source_url")
        yield filled(
            type="data",
            **{"bom-ref": ref},
            name=corpus.get("name") or ref,
            publisher=corpus.get("source_name"),
            licenses=_licenses(corpus.get("license")),
            data=[filled(type="dataset", name=corpus.get("name"), contents=filled(url=address))],
            properties=_properties(values),
        )


def _licenses(license: str | None) -> list[dict[str, Any]]:
    """Return a license by its name: SPDX ids that CycloneDX lists would be refused in other spellings."""
    return [{"license": {"name": license, "acknowledgement": "declared"}}] if license else []


def _properties(values: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"name": PREFIX + name, "value": as_text(value)} for name, value in values.items() if value not in (None, "")
    ]


def as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _dependencies(models: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    keys = {model["key"] for model in models}
    used = [f"model:{model['key']}" for model in models if model.get("used_by_service")]
    yield {"ref": "service", "dependsOn": sorted(set(used))}
    for model in models:
        parents = {f"model:{edge['key']}" for edge in model.get("derived_from") or [] if edge.get("key") in keys}
        yield {"ref": f"model:{model['key']}", "dependsOn": sorted(parents)}
