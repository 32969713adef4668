"""Look up official numbers in the register: the status of given numbers, and the numbers of given AI models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Q

from registry.lineage.walks import pairs_above
from registry.models import AIModel, NumberKind, OfficialNumber
from registry.register.identities import known_models
from registry.register.statements import NamedModel

Numbers = dict[str, str]
# Kinds of numbers that cover models; an algorithm filing does not.
_OF_MODELS = (NumberKind.GENERATIVE, NumberKind.REGISTRATION)


def status_of_numbers(keys: Collection[str]) -> Numbers:
    """Return the status of each known number by its key; one query, or none."""
    if not keys:
        return {}
    return dict(OfficialNumber.objects.filter(key__in=keys).values_list("key", "status"))


@dataclass(frozen=True, slots=True)
class Ancestor:
    """An ancestor of a model according to the register: primary keys of the model and its developer, name, numbers."""

    key: int
    developer: int | None
    name: str
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Known:
    """What the register knows about named models: the primary key of each, and numbers and ancestors by primary key."""

    records: dict[NamedModel, int] = field(default_factory=dict)
    numbers: dict[int, Numbers] = field(default_factory=dict)
    ancestors: dict[int, list[Ancestor]] = field(default_factory=dict)

    def numbers_of(self, model: NamedModel) -> Numbers:
        return self.numbers.get(self.records.get(model, 0), {})

    def ancestors_of(self, model: NamedModel) -> list[Ancestor]:
        return self.ancestors.get(self.records.get(model, 0), [])


def known_of(named: Collection[NamedModel]) -> Known:
    """
    Return what the register knows about named models, including models merged into them, and about their ancestors along
    public edges through which weights pass. At most seven queries, or none.
    """
    records = known_models(named)
    if not records:
        return Known()
    above = pairs_above(set(records.values()))
    numbers = _numbers_of(set(records.values()) | {ancestor for _, ancestor in above})
    rows = AIModel.objects.filter(pk__in={ancestor for _, ancestor in above}).values_list("pk", "developer_id", "name")
    ancestor_by_key = {
        pk: Ancestor(pk, developer, name, numbers.get(pk, {})) for pk, developer, name in (rows if above else ())
    }
    ancestors: dict[int, list[Ancestor]] = defaultdict(list)
    for model, ancestor in above:
        if ancestor in ancestor_by_key:
            ancestors[model].append(ancestor_by_key[ancestor])
    return Known(records, numbers, dict(ancestors))


def _numbers_of(models: Collection[int]) -> dict[int, Numbers]:
    # Each side of the choice has an index of this table; a choice between two tables would be read from both of them whole.
    keys = AIModel.objects.filter(Q(pk__in=models) | Q(merged_into__in=models)).values("pk")
    of_models = AIModel.official_numbers.through.objects.filter(aimodel__in=keys)
    rows = of_models.filter(officialnumber__kind__in=_OF_MODELS).values_list(
        "aimodel_id", "aimodel__merged_into_id", "officialnumber__number", "officialnumber__status"
    )
    held: dict[int, Numbers] = defaultdict(dict)
    for model, merged_into, number, status in rows:
        held[merged_into or model][number] = status
    return dict(held)
