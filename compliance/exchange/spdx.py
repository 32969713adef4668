"""
Write the models of a dossier as an SPDX 3.0.1 document (JSON-LD, profiles AI and Dataset), and read one.

Lineage is `descendantOf`, data `trainedOn`, licenses `hasDeclaredLicense`. What the model of SPDX has no property for stands in
CycloneDX-like properties of an extension, as the specification provides them (Extension profile).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from compliance.dossier.codes import MODALITIES, RELATIONS
from compliance.exchange.carried import (
    MOST_MODELS,
    SPDX,
    Carried,
    NotReadable,
    filled,
    listed,
    objects,
    text_of,
    unknown_members,
)
from compliance.exchange.cyclonedx_reading import typed
from compliance.exchange.cyclonedx_writing import CORPUS_FIELDS, MODEL_FIELDS, NAMESPACE, PREFIX, as_text
from compliance.provenance.drafting import free_key

VERSION = "3.0.1"
VERSIONS = ("3.0.0", "3.0.1")
CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
_INFO = "_:creation"
_PACKAGE = (
    *(
        "type",
        "spdxId",
        "@id",
        "creationInfo",
        "name",
        "software_packageVersion",
        "suppliedBy",
        "originatedBy",
        "releaseTime",
    ),
    *("software_primaryPurpose", "software_downloadLocation", "software_homePage", "ai_typeOfModel", "extension"),
    *("dataset_datasetType", "dataset_datasetSize", "dataset_hasSensitivePersonalInformation"),
)
_DATASET_TYPES = ("text", "image", "audio", "video")
Node = dict[str, Any]


def as_spdx(document: Mapping[str, Any], *, digest: str, at: str) -> Node:
    """Return the SPDX document of a dossier's document. `digest` is its SHA-256; `at` the moment of writing (`…Z`)."""
    base = f"urn:uuid:{uuid.uuid5(NAMESPACE, digest)}"
    return {"@context": CONTEXT, "@graph": list(_Writer(document, base).graph(at))}


class _Writer:
    def __init__(self, document: Mapping[str, Any], base: str) -> None:
        self.document, self.base = document, base
        self.models = [model for model in document.get("models") or [] if model.get("key")]
        self.keys = {model["key"] for model in self.models}
        self.organizations: dict[str, str] = {}
        self.licenses: dict[str, str] = {}

    def graph(self, at: str) -> Iterator[Node]:
        applicant = self._organization(self.document["applicant"].get("name") or self.document["applicant"]["uscc"])
        nodes = [node for model in self.models for node in self._of_model(model)]
        shared = [*self._organizations(), *self._licenses()]
        yield {"@id": _INFO, "type": "CreationInfo", "specVersion": VERSION, "created": at, "createdBy": [applicant]}
        roots = [self._id("model", model["key"]) for model in self.models] or [applicant]
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
        developer, id = model.get("developer") or {}, self._id("model", model["key"])
        values = {name: model.get(name) for name in MODEL_FIELDS} | {"key": model["key"]}
        values |= {"developer_uscc": developer.get("uscc"), "developer_country": developer.get("country")}
        values |= {"modalities": ",".join(model.get("modalities") or []) or None}
        edges = [edge for edge in model.get("derived_from") or [] if edge.get("key") in self.keys]
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
            yield self._relationship("descendantOf", id, self._id("model", edge["key"]))
        for place, corpus in enumerate(model.get("corpora") or []):
            yield from self._of_corpus(id, self._id("corpus", model["key"], place), corpus)

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
            dataset_datasetType=[modality if modality in _DATASET_TYPES else "noAssertion"],
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


def is_spdx(document: Any) -> bool:
    return isinstance(document, Mapping) and "spdx.org/rdf/" in str(document.get("@context", ""))


def read_spdx(document: Mapping[str, Any]) -> Carried:
    """Return the models, with their corpora, in the form of a dossier. Raises NotReadable."""
    nodes = list(objects(document.get("@graph") or [document]))
    infos = [each for each in nodes if each.get("type") == "CreationInfo"]
    version = str(infos[0].get("specVersion")) if infos else VERSION
    if version not in VERSIONS:
        raise NotReadable("version", format="SPDX", found=version[:20], known=", ".join(VERSIONS))
    packages = [each for each in nodes if each.get("type") == "ai_AIPackage" and text_of(each.get("name"))]
    if not packages:
        raise NotReadable("no_models")
    if len(packages) > MOST_MODELS:
        raise NotReadable("too_many", limit=MOST_MODELS)
    return _Reader(nodes, packages).carried(version)


class _Reader:
    def __init__(self, nodes: list[Mapping[str, Any]], packages: list[Mapping[str, Any]]) -> None:
        self.by_id = {str(each.get("spdxId") or each.get("@id")): each for each in nodes}
        self.packages = packages
        self.keys: dict[str, str] = {}
        for package in packages:
            self.keys[_id_of(package)] = self._key(package)
        self.related: dict[tuple[str, str], list[str]] = {}
        for each in nodes:
            pairs = [(str(each.get("from")), str(to)) for to in listed(each.get("to"))]
            for start, end in pairs if each.get("type") == "Relationship" else ():
                self._relate(str(each.get("relationshipType")), start, end)

    def _relate(self, type: str, start: str, end: str) -> None:
        if type == "ancestorOf":
            type, start, end = "descendantOf", end, start
        self.related.setdefault((type, start), []).append(end)

    def _key(self, package: Mapping[str, Any]) -> str:
        name = _own_properties(package).get("key") or text_of(package["name"]) or "model"
        return free_key(name, set(self.keys.values()))

    def carried(self, version: str) -> Carried:
        lost = [
            at for i, each in enumerate(self.packages) for at in unknown_members(each, _PACKAGE, f"/ai_AIPackage/{i}")
        ]
        return Carried(SPDX, version, [self._model(package) for package in self.packages], lost=lost)

    def _model(self, package: Mapping[str, Any]) -> dict[str, Any]:
        declared, id = _own_properties(package), _id_of(package)
        developer = filled(
            name=self._name(package.get("suppliedBy")) or self._name(package.get("originatedBy")),
            uscc=declared.get("developer_uscc"),
            country=declared.get("developer_country"),
        )
        released = text_of(package.get("releaseTime"))
        fields = {name: value for name in MODEL_FIELDS if (value := typed(name, declared.get(name))) is not None}
        fields.setdefault("released_on", released[:10] if released else None)
        return filled(
            key=self.keys[id],
            name=text_of(package["name"]),
            version=text_of(package.get("software_packageVersion")),
            developer=developer or None,
            license=self._license(id),
            architecture=next(
                (text for each in listed(package.get("ai_typeOfModel")) if (text := text_of(each))), None
            ),
            modalities=[each for each in (declared.get("modalities") or "").split(",") if each in MODALITIES],
            derived_from=self._parents(id, declared),
            corpora=[self._corpus(each) for each in self._ends("trainedOn", id) if text_of(each.get("name"))],
            **fields,
        )

    def _parents(self, id: str, declared: Mapping[str, str]) -> list[dict[str, Any]]:
        keys = [self.keys[end] for end in self.related.get(("descendantOf", id), []) if end in self.keys and end != id]
        relations = {key: declared.get(f"relation:{key}") for key in dict.fromkeys(keys)}
        return [
            filled(key=key, relation=relation if relation in RELATIONS else None) for key, relation in relations.items()
        ]

    def _ends(self, type: str, start: str) -> list[Mapping[str, Any]]:
        return [self.by_id[end] for end in self.related.get((type, start), []) if end in self.by_id]

    def _license(self, id: str) -> str | None:
        for type in ("hasDeclaredLicense", "hasConcludedLicense"):
            for each in self._ends(type, id):
                if text := text_of(each.get("simplelicensing_licenseExpression")):
                    return text
            for end in self.related.get((type, id), []):
                if found := re.fullmatch(r"https?://spdx\.org/licenses/([\w.+-]+)", end):
                    return found[1]
        return None

    def _name(self, value: Any) -> str | None:
        for each in listed(value):
            node = each if isinstance(each, Mapping) else self.by_id.get(str(each), {})
            if text := text_of(node.get("name")):
                return text
        return None

    def _corpus(self, package: Mapping[str, Any]) -> dict[str, Any]:
        declared = _own_properties(package)
        types = [each for each in listed(package.get("dataset_datasetType")) if each in _DATASET_TYPES]
        fields = {name: value for name in CORPUS_FIELDS if (value := typed(name, declared.get(name))) is not None}
        sensitive = {"yes": True, "no": False}.get(str(package.get("dataset_hasSensitivePersonalInformation")))
        fields.setdefault("sensitive_personal_information", sensitive)
        return filled(
            name=text_of(package["name"]),
            source_name=self._name(package.get("originatedBy")),
            source_url=text_of(package.get("software_downloadLocation")),
            license=self._license(_id_of(package)),
            modality=declared.get("modality")
            if declared.get("modality") in MODALITIES
            else types[0]
            if len(types) == 1
            else None,
            languages=[each for each in (declared.get("languages") or "").split(",") if each],
            **fields,
        )


def _id_of(node: Mapping[str, Any]) -> str:
    return str(node.get("spdxId") or node.get("@id"))


def _own_properties(node: Mapping[str, Any]) -> dict[str, str]:
    """Return what our own properties say, by name without prefix."""
    found: dict[str, str] = {}
    for extension in objects(node.get("extension")):
        for entry in objects(extension.get("extension_cdxProperty")):
            name, value = text_of(entry.get("extension_cdxPropName")), text_of(entry.get("extension_cdxPropValue"))
            if name and value and name.startswith(PREFIX):
                found[name.removeprefix(PREFIX)] = value
    return found
