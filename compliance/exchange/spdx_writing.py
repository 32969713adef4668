"""
Write the models of a dossier as an SPDX 3.0.1 document (JSON-LD, profiles AI and Dataset).

Lineage is `descendantOf`, data `trainedOn`, licenses `hasDeclaredLicense`. What the model of SPDX has no property for stands in
CycloneDX-like properties of an extension, as the specification provides them (Extension profile).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from compliance.exchange.carried import filled
from compliance.exchange.cyclonedx_writing import CORPUS_FIELDS, MODEL_FIELDS, NAMESPACE, PREFIX, as_text

VERSION = "3.0.1"
CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
_INFO = "_:creation"
DATASET_TYPES = ("text", "image", "audio", "video")
Node = dict[str, Any]


def as_spdx(document: Mapping[str, Any], *, digest: str, at: str) -> Node:
    """Return the SPDX document of a dossier's document. `digest` is its SHA-256; `at` the moment of writing (`…Z`)."""
    base = f"urn:uuid:{uuid.uuid5(NAMESPACE, digest)}"
    return {"@context": CONTEXT, "@graph": list(_Writer(document, base).graph(at))}


class _Writer:
    def __init__(self, document: Mapping[str, Any], base: str) -> None:
        self.document, self.base = document, base
        self.models = [model for model in document.get("models") or [] if model.get("key")]
        # Keys may differ in nothing but signs that an address cannot have, so models are numbered.
        self.places = {model["key"]: place for place, model in enumerate(self.models, start=1)}
        self.organizations: dict[str, str] = {}
        self.licenses: dict[str, str] = {}

    def graph(self, at: str) -> Iterator[Node]:
        applicant = self._organization(self.document["applicant"].get("name") or self.document["applicant"]["uscc"])
        nodes = [node for model in self.models for node in self._of_model(model)]
        shared = [*self._organizations(), *self._licenses()]
        yield {"@id": _INFO, "type": "CreationInfo", "specVersion": VERSION, "created": at, "createdBy": [applicant]}
        roots = [self._id("model", place) for place in self.places.values()] or [applicant]
        elements = [node["spdxId"] for node in [*shared, *nodes]]
        yield self._node(
            "SpdxDocument",
            self._id("document"),
            name=self.document["service"]["name"],
            profileConformance=["core", "software", "ai", "dataset", "simpleLicensing", "extension"],
            rootElement=roots,
            element=elements,
        )
        yield from (*shared, *nodes)

    def _id(self, *parts: object) -> str:
        return "#".join([self.base, "-".join(re.sub(r"[^\w.-]", "-", str(part)) for part in parts)])

    def _node(self, type: str, id: str, **members: Any) -> Node:
        return {"type": type, "spdxId": id, "creationInfo": _INFO, **filled(**members)}

    def _organization(self, name: str) -> str:
        return self.organizations.setdefault(name, self._id("organization", len(self.organizations) + 1))

    def _organizations(self) -> Iterator[Node]:
        for name, id in self.organizations.items():
            yield self._node("Organization", id, name=name)

    def _licenses(self) -> Iterator[Node]:
        for text, id in self.licenses.items():
            yield self._node("simplelicensing_LicenseExpression", id, simplelicensing_licenseExpression=text)

    def _of_model(self, model: Mapping[str, Any]) -> Iterator[Node]:
        number = self.places[model["key"]]
        developer, id = model.get("developer") or {}, self._id("model", number)
        values = {name: model.get(name) for name in MODEL_FIELDS} | {"key": model["key"]}
        values |= {"developer_uscc": developer.get("uscc"), "developer_country": developer.get("country")}
        values |= {"modalities": ",".join(model.get("modalities") or []) or None}
        edges = [edge for edge in model.get("derived_from") or [] if edge.get("key") in self.places]
        values |= {f"relation:{edge['key']}": edge.get("relation") for edge in edges}
        yield self._node(
            "ai_AIPackage",
            id,
            name=model.get("name") or model["key"],
            software_packageVersion=model.get("version"),
            software_primaryPurpose="model",
            suppliedBy=self._organization(developer["name"]) if developer.get("name") else None,
            releaseTime=f"{model['released_on']}T00:00:00Z" if model.get("released_on") else None,
            ai_typeOfModel=[model["architecture"]] if model.get("architecture") else [],
            extension=_extension(values),
        )
        yield from self._licensed(id, model.get("license"))
        for edge in edges:
            yield self._relationship("descendantOf", id, self._id("model", self.places[edge["key"]]))
        for place, corpus in enumerate(model.get("corpora") or []):
            yield from self._of_corpus(id, self._id("corpus", number, place), corpus)

    def _of_corpus(self, model: str, id: str, corpus: Mapping[str, Any]) -> Iterator[Node]:
        modality = corpus.get("modality")
        values = {name: corpus.get(name) for name in CORPUS_FIELDS}
        values |= {"languages": ",".join(corpus.get("languages") or []) or None, "modality": modality}
        sensitive = corpus.get("sensitive_personal_information")
        yield self._node(
            "dataset_DatasetPackage",
            id,
            name=corpus.get("name") or id.rsplit("#", 1)[-1],
            software_primaryPurpose="data",
            software_downloadLocation=_address(corpus.get("source_url")),
            originatedBy=[self._organization(corpus["source_name"])] if corpus.get("source_name") else [],
            dataset_datasetType=[modality if modality in DATASET_TYPES else "noAssertion"],
            dataset_hasSensitivePersonalInformation=None if sensitive is None else "yes" if sensitive else "no",
            extension=_extension(values),
        )
        yield from self._licensed(id, corpus.get("license"))
        yield self._relationship("trainedOn", model, id)

    def _licensed(self, id: str, license: str | None) -> Iterator[Node]:
        if license:
            place = self.licenses.setdefault(license, self._id("license", len(self.licenses) + 1))
            yield self._relationship("hasDeclaredLicense", id, place)

    def _relationship(self, type: str, start: str, end: str) -> Node:
        id = self._id(type, start.rsplit("#", 1)[-1], end.rsplit("#", 1)[-1])
        return {**self._node("Relationship", id, relationshipType=type), "from": start, "to": [end]}


def _address(text: str | None) -> str | None:
    return text if text and re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s]+", text) else None


def _extension(values: Mapping[str, Any]) -> list[Node]:
    entries = [
        {
            "type": "extension_CdxPropertyEntry",
            "extension_cdxPropName": PREFIX + name,
            "extension_cdxPropValue": as_text(value),
        }
        for name, value in values.items()
        if value not in (None, "")
    ]
    return [{"type": "extension_CdxPropertiesExtension", "extension_cdxProperty": entries}] if entries else []
