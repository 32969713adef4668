"""What the register knows of official numbers: the status of those that are named, and those of named AI models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q

from registry.identities import known_models
from registry.models import AIModel, NumberKind, OfficialNumber
from registry.stated import NamedModel

Numbers = dict[str, str]
# The numbers that say that a model may be offered; an algorithm's says nothing of a model.
_OF_MODELS = (NumberKind.GENERATIVE, NumberKind.REGISTRATION)


def status_of_numbers(keys: Collection[str]) -> Numbers:
    """Return the status of each known number by its key. One query, or none."""
    if not keys:
        return {}
    return dict(OfficialNumber.objects.filter(key__in=keys).values_list("key", "status"))


def numbers_of_models(named: Collection[NamedModel]) -> dict[NamedModel, Numbers]:
    """Return the numbers of each named model with their status, those of models merged with it too. Four queries, or none."""
    known = known_models(named)
    held = _numbers_of(set(known.values())) if known else {}
    return {model: held[key] for model, key in known.items() if key in held}


def _numbers_of(models: Collection[int]) -> dict[int, Numbers]:
    links = AIModel.official_numbers.through.objects
    of_models = links.filter(Q(aimodel__in=models) | Q(aimodel__merged_into__in=models))
    rows = of_models.filter(officialnumber__kind__in=_OF_MODELS).values_list(
        "aimodel_id", "aimodel__merged_into_id", "officialnumber__number", "officialnumber__status"
    )
    held: dict[int, Numbers] = defaultdict(dict)
    for model, merged_into, number, status in rows:
        held[merged_into or model][number] = status
    return dict(held)
