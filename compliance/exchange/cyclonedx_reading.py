"""Read the models and data sets of a CycloneDX bill of materials for machine learning, versions 1.5 to 1.7 (ECMA-424)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compliance.dossier.codes import MODALITIES, RELATIONS
from compliance.exchange.carried import (
    CYCLONEDX,
    MOST_MODELS,
    Carried,
    NotReadable,
    filled,
    objects,
    text_of,
    unknown_members,
    whole_of,
)
from compliance.exchange.cyclonedx_writing import CORPUS_FIELDS, MODEL_FIELDS, PREFIX
from compliance.provenance.drafting import free_key
from registry.reference.hub import license_of_card

VERSIONS = ("1.5", "1.6", "1.7")
_MODEL = (
    *("type", "bom-ref", "name", "version", "manufacturer", "author", "publisher", "supplier", "group", "licenses"),
    *("modelCard", "pedigree", "properties", "authors"),
)
_COUNTS = frozenset({"parameters", "context_length", "items", "tokens", "bytes"})
_TRUTHS = frozenset({"open_weights", "used_by_service", "personal_information", "sensitive_personal_information"})
Component = Mapping[str, Any]


def is_cyclonedx(document: Any) -> bool:
    return isinstance(document, Mapping) and document.get("bomFormat") == "CycloneDX"


def read_cyclonedx(document: Mapping[str, Any]) -> Carried:
    """Return the models, with their corpora, in the form of a dossier. Raises NotReadable."""
    version = str(document.get("specVersion"))
    if version not in VERSIONS:
        raise NotReadable("version", format="CycloneDX", found=version[:20], known=", ".join(VERSIONS))
    components = list(_components(document))
    models = [each for each in components if each.get("type") == "machine-learning-model" and text_of(each.get("name"))]
    if not models:
        raise NotReadable("no_models")
    if len(models) > MOST_MODELS:
        raise NotReadable("too_many", limit=MOST_MODELS)
    return _Reader(document, components, models).carried(version)


def _components(document: Mapping[str, Any]) -> Iterator[Component]:
    """Yield all components, also those within others, and the one that the bill is about."""
    metadata = document.get("metadata")
    waiting = [*objects(metadata.get("component") if isinstance(metadata, Mapping) else None)]
    waiting += objects(document.get("components"))
    while waiting:
        each = waiting.pop(0)
        yield each
        waiting += objects(each.get("components"))


class _Reader:
    """One bill: its models get keys, by which their lineage refers to one another."""

    def __init__(self, document: Mapping[str, Any], components: list[Component], models: list[Component]) -> None:
        self.data = {
            str(each["bom-ref"]): each for each in components if each.get("type") == "data" and "bom-ref" in each
        }
        self.models = models
        self.keys: dict[int, str] = {}
        for place, model in enumerate(models):
            self.keys[place] = self._key(str(model.get("bom-ref") or model["name"]))
        self.by_ref = {str(model.get("bom-ref")): self.keys[place] for place, model in enumerate(models)}
        self.by_name = {text_of(model["name"]): self.keys[place] for place, model in enumerate(models)}
        self.above = {
            str(each.get("ref")): each.get("dependsOn") or [] for each in objects(document.get("dependencies"))
        }
        self.added: list[dict[str, Any]] = []

    def carried(self, version: str) -> Carried:
        read = [self._model(place, model) for place, model in enumerate(self.models)]
        lost = [at for i, model in enumerate(self.models) for at in unknown_members(model, _MODEL, f"/components/{i}")]
        return Carried(CYCLONEDX, version, [*read, *self.added], lost=lost)

    def _key(self, name: str) -> str:
        return free_key(name.removeprefix("model:"), set(self.keys.values()))

    def _model(self, place: int, model: Component) -> dict[str, Any]:
        declared = _own_properties(model)
        card = model.get("modelCard") if isinstance(model.get("modelCard"), Mapping) else {}
        parameters = card.get("modelParameters") if isinstance(card.get("modelParameters"), Mapping) else {}
        developer = filled(
            name=_maker(model), uscc=declared.get("developer_uscc"), country=declared.get("developer_country")
        )
        return filled(
            key=self.keys[place],
            name=text_of(model["name"]),
            version=text_of(model.get("version")),
            developer=developer or None,
            license=_license(model),
            architecture=text_of(parameters.get("modelArchitecture")) or text_of(parameters.get("architectureFamily")),
            modalities=_modalities(parameters),
            **{name: value for name in MODEL_FIELDS if (value := typed(name, declared.get(name))) is not None},
            derived_from=self._derived_from(place, model, declared),
            corpora=[corpus for each in objects(parameters.get("datasets")) if (corpus := self._corpus(each))],
        )

    def _derived_from(self, place: int, model: Component, declared: Mapping[str, str]) -> list[dict[str, Any]]:
        parents = [
            self.by_ref[str(ref)] for ref in self.above.get(str(model.get("bom-ref")), []) if str(ref) in self.by_ref
        ]
        pedigree = model.get("pedigree")
        for ancestor in objects(pedigree.get("ancestors") if isinstance(pedigree, Mapping) else None):
            if name := text_of(ancestor.get("name")):
                parents.append(self.by_name.get(name) or self._added(name, ancestor))
        own = self.keys[place]
        relations = {key: declared.get(f"relation:{key}") for key in dict.fromkeys(parents) if key != own}
        return [
            filled(key=key, relation=relation if relation in RELATIONS else None) for key, relation in relations.items()
        ]

    def _added(self, name: str, ancestor: Component) -> str:
        """Add an ancestor that the bill lists nowhere else."""
        key = self._key(name)
        self.keys[len(self.keys)] = self.by_name[name] = key
        developer = filled(name=_maker(ancestor))
        entry = filled(key=key, name=name, version=text_of(ancestor.get("version")), license=_license(ancestor))
        self.added.append({**entry, "used_by_service": False, **({"developer": developer} if developer else {})})
        return key

    def _corpus(self, dataset: Mapping[str, Any]) -> dict[str, Any] | None:
        component = self.data.get(str(dataset.get("ref")), dataset)
        if not text_of(component.get("name")):
            return None
        declared = _own_properties(component)
        contents = next(objects(next(objects(component.get("data")), dataset).get("contents")), {})
        modality = declared.get("modality")
        return filled(
            name=text_of(component["name"]),
            source_name=text_of(component.get("publisher")),
            source_url=text_of(contents.get("url")),
            license=_license(component),
            modality=modality if modality in MODALITIES else None,
            languages=[each for each in (declared.get("languages") or "").split(",") if each],
            **{name: value for name in CORPUS_FIELDS if (value := typed(name, declared.get(name))) is not None},
        )


def _own_properties(component: Component) -> dict[str, str]:
    """Return what our own properties say, by name without prefix."""
    pairs = ((text_of(each.get("name")), text_of(each.get("value"))) for each in objects(component.get("properties")))
    return {name.removeprefix(PREFIX): value for name, value in pairs if name and value and name.startswith(PREFIX)}


def typed(name: str, value: str | None) -> Any:
    if value is None:
        return None
    if name in _COUNTS:
        return whole_of(value)
    return {"true": True, "false": False}.get(value) if name in _TRUTHS else value


def _maker(component: Component) -> str | None:
    """Return who made a component: manufacturer, author, publisher or supplier, whichever is given first."""
    for name in ("manufacturer", "author", "authors", "publisher", "supplier", "group"):
        value = component.get(name)
        first = next(objects(value), None)
        if text := text_of(first.get("name") if first is not None else value):
            return text
    return None


def _license(component: Component) -> str | None:
    for each in objects(component.get("licenses")):
        inner = each.get("license")
        named = inner if isinstance(inner, Mapping) else {}
        if text := text_of(each.get("expression")) or text_of(named.get("id")) or text_of(named.get("name")):
            return license_of_card(text) or text
    return None


def _modalities(parameters: Mapping[str, Any]) -> list[str]:
    """Return the modalities of inputs and outputs, in the order in which they are given."""
    formats = [str(each.get("format", "")) for name in ("inputs", "outputs") for each in objects(parameters.get(name))]
    found = (modality for format in formats for modality in MODALITIES if _is_of(format.casefold(), modality))
    return list(dict.fromkeys(found))


def _is_of(format: str, modality: str) -> bool:
    return modality in format or (modality == "text" and "string" in format)
