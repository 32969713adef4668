"""Loading the catalog of known base models: reference data with sources. Statements of other sources are not changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from registry.models import AddedFamily, ModelStatement, Source, SourceKind
from registry.names import key_of
from registry.reference.base_models import BaseModel, base_models, models_of, table
from registry.reference.family_files import FamilyFile
from registry.reference.family_sources import document_of
from registry.register.pipeline import apply
from registry.register.statements import ModelDetails, Parent, Party, Statement

LABEL = "Catalog of known base models"
KEY = "catalog"


@transaction.atomic
def load_catalog() -> tuple[int, bool]:
    """
    Load the catalog. Return the number of its models and whether anything changed.

    Loading the same edition again changes nothing.
    """
    models = base_models()
    return len(models), _load(KEY, LABEL, models)


class FamilyRefused(Exception):
    """A family cannot be added: its models have ids of the table, or stand on models that nobody knows."""

    def __init__(self, code: str, ids: Iterable[str]) -> None:
        self.code, self.ids = code, sorted(ids)
        super().__init__(f"{code}: {', '.join(self.ids)}")


@transaction.atomic
def add_family(file: FamilyFile) -> tuple[int, bool]:
    """
    Add a family to the base models that this registry knows, or replace it. Return the number of its models and whether anything
    changed. Raises FamilyRefused (`taken`, `unknown_base`); then nothing is stored.
    """
    own = list(models_of(document_of(file)))
    others = {model.id: model for model in [*base_models(), *_added(besides=file.family)]}
    if taken := {model.id for model in own} & set(others):
        raise FamilyRefused("taken", taken)
    bases = _bases(own, others)
    AddedFamily.objects.update_or_create(name=file.family, defaults={"document": document_of(file)})
    return len(own), _load(f"{KEY}:{key_of(file.family)}", f"{LABEL}: {file.family}"[:300], [*own, *bases])


def added_models() -> list[BaseModel]:
    """Return the base models that this registry added."""
    return _added()


def _added(besides: str = "") -> list[BaseModel]:
    rows = AddedFamily.objects.exclude(name=besides)
    return [model for row in rows for model in models_of(row.document)]


def _bases(own: Sequence[BaseModel], others: dict[str, BaseModel]) -> list[BaseModel]:
    """Return the models of the table on which some models stand, so that one source holds whole edges."""
    found: dict[str, BaseModel] = {}
    waiting = list(own)
    ids = {model.id for model in own}
    while waiting:
        for id, _ in waiting.pop().parents:
            if id in ids or id in found:
                continue
            if id not in others:
                raise FamilyRefused("unknown_base", [id])
            found[id] = others[id]
            waiting.append(others[id])
    return list(found.values())


def _load(key: str, label: str, models: Sequence[BaseModel]) -> bool:
    """Store models as the statements of a source, and return whether that changed anything."""
    edition = f"{table().schema} {key_of(repr(models))}"
    source, is_new = Source.objects.select_for_update().get_or_create(
        key=key, defaults={"kind": SourceKind.CATALOG, "label": label, "is_public": True}
    )
    stored = ModelStatement.objects.filter(source=source).count()
    if not is_new and source.citation == edition and stored == len(models):
        return False
    source.citation, source.stated_at, source.label = edition, timezone.now(), label
    apply(source, [Statement(Party(), models=[_details(model) for model in models])])
    return True


def _details(model: BaseModel) -> ModelDetails:
    return ModelDetails(
        key=model.id,
        name=model.name,
        developer=Party(model.developer, country=model.country),
        columns={
            "development": "derived" if model.parents else "",
            "modalities": list(model.modalities),
            "parameters": round(model.billions * 1e9) if model.billions else None,
            "architecture": ", ".join(model.structure.get("architectures", ())),
            "context_length": model.structure.get("max_position_embeddings"),
            "license": model.license,
            "open_weights": model.open_weights,
            "released_on": model.released_on,
            "family": model.family,
            "structure": model.structure,
            "note": "\n".join(filter(None, [model.note, f"Released at {model.release}", *model.sources])),
        },
        parents=[Parent(base, relation) for base, relation in model.parents],
    )
