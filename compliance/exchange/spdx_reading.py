"""Read the models and data sets of an SPDX 3.0 document (JSON-LD, profiles AI and Dataset)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from compliance.dossier.codes import MODALITIES, RELATIONS
from compliance.exchange.carried import (
    MOST_MODELS,
    SPDX,
    Carried,
    NotReadable,
    day_of,
    filled,
    listed,
    objects,
    text_of,
    unknown_members,
)
from compliance.exchange.cyclonedx_reading import typed
from compliance.exchange.cyclonedx_writing import CORPUS_FIELDS, MODEL_FIELDS, PREFIX
from compliance.exchange.spdx_writing import DATASET_TYPES, VERSION
from compliance.provenance.drafting import free_key

VERSIONS = ("3.0.0", "3.0.1")
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
        fields.setdefault("released_on", day_of(released))
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
        types = [each for each in listed(package.get("dataset_datasetType")) if each in DATASET_TYPES]
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
