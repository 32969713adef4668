"""Recognizing base models by name in this registry: those of the table shipped with the product, and those that were added."""

from __future__ import annotations

from functools import lru_cache

from registry.models import AddedFamily
from registry.reference.base_models import families, family_of, models_of, table
from registry.reference.identifying import Identified, Names, names


def known_names() -> Names:
    """Return the names that this registry knows. One query, two after a family was added."""
    editions = tuple(AddedFamily.objects.values_list("pk", "added_at"))
    return _with_added(editions) if editions else names()


@lru_cache(maxsize=2)
def _with_added(editions: tuple[object, ...]) -> Names:
    """Return the names with the families that were added; `editions` tells one state of them from the next."""
    documents = list(AddedFamily.objects.values_list("document", flat=True))
    added = {model.id: model for document in documents for model in models_of(document)}
    own = {document["family"]: family_of(document) for document in documents}
    return Names({**table().models, **added}, {**families(), **own})


def identify(given: list[str]) -> list[Identified]:
    """Return what each name means, or may mean."""
    known = known_names()
    return [known.identify_or_ask(name) for name in given]
