"""Loading the catalog of known base models: reference data with sources. Statements of other sources are not changed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from registry.models import ModelStatement, Source, SourceKind
from registry.names import key_of
from registry.reference.base_models import BaseModel, base_models, schema
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
    edition = f"{schema()} {key_of(repr(models))}"
    source, is_new = Source.objects.select_for_update().get_or_create(
        key=KEY, defaults={"kind": SourceKind.CATALOG, "label": LABEL, "is_public": True}
    )
    stored = ModelStatement.objects.filter(source=source).count()
    if not is_new and source.citation == edition and stored == len(models):
        return len(models), False
    source.citation, source.stated_at, source.label = edition, timezone.now(), LABEL
    apply(source, [Statement(Party(), models=[_details(model) for model in models])])
    return len(models), True


def _details(model: BaseModel) -> ModelDetails:
    return ModelDetails(
        key=model.id,
        name=model.name,
        developer=Party(model.developer, country=model.country),
        columns={
            "development": "derived" if model.parents else "",
            "modalities": ["text"],
            "architecture": ", ".join(model.structure["architectures"]),
            "context_length": model.structure["max_position_embeddings"],
            "license": model.license,
            "open_weights": True,
            "family": model.family,
            "structure": model.structure,
            "note": "\n".join(filter(None, [model.note, f"Released at {model.release}", *model.sources])),
        },
        parents=[Parent(base, relation) for base, relation in model.parents],
    )
