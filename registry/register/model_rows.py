"""Writing statements about AI models, each as one unit with its edges, training compute and training data."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from registry.models import (
    AIModel,
    Derivation,
    ModelStatement,
    Source,
    TrainingCompute,
    TrainingDataDeclaration,
)
from registry.numbers.forms import NUMBER_LENGTH, number_key
from registry.register.batches import batches
from registry.register.changes import Change
from registry.register.identities import Records, canonical, is_developer
from registry.register.precedence import rank_of
from registry.register.rows import content_of
from registry.register.statements import RELATIONS_WITHOUT_WEIGHTS, ModelDetails


@dataclass(slots=True)
class _Unit:
    """A statement about a model with its dependent rows, which are written and deleted together."""

    statement: ModelStatement
    parts: dict[type[Model], list[Any]] = field(default_factory=lambda: defaultdict(list))

    @property
    def content(self) -> tuple[str, ...]:
        parts = {kind.__name__: sorted(map(content_of, rows)) for kind, rows in self.parts.items() if rows}
        return content_of(self.statement), json.dumps(parts, sort_keys=True)


_PARTS = (Derivation, TrainingCompute, TrainingDataDeclaration)


def write_models(sources: Collection[int], wanted: list[_Unit]) -> None:
    """Replace the statements of the sources about models. Unchanged statements keep their rows."""
    wanted_count = Counter(unit.content for unit in wanted)
    gone, unchanged = [], Counter[tuple[str, ...]]()
    for unit in _units_of(sources):
        if unchanged[unit.content] < wanted_count[unit.content]:
            unchanged[unit.content] += 1
        else:
            gone.append(unit.statement.pk)
    for part in batches(gone):
        for kind in _PARTS:
            kind._default_manager.filter(statement__in=part).delete()
        ModelStatement.objects.filter(pk__in=part).delete()
    new = []
    for unit in wanted:
        if unchanged[unit.content]:
            unchanged[unit.content] -= 1
        else:
            new.append(unit)
    _insert(new)


def _units_of(sources: Collection[int]) -> list[_Unit]:
    units: dict[int, _Unit] = {}
    for part in batches(sources):
        units |= {row.pk: _Unit(row) for row in ModelStatement.objects.filter(source__in=part)}
        for kind in _PARTS:
            for row in kind._default_manager.filter(source__in=part):
                units[row.statement_id].parts[kind].append(row)
    return list(units.values())


def _insert(units: list[_Unit]) -> None:
    ModelStatement.objects.bulk_create([unit.statement for unit in units], batch_size=1_000)
    for kind in _PARTS:
        rows = [row for unit in units for row in unit.parts[kind]]
        for row in rows:
            row.statement_id = row.statement.pk
        if rows:
            kind._default_manager.bulk_create(rows, batch_size=1_000)


def model_units(changes: Sequence[tuple[int, Change]], records: Records) -> Iterator[_Unit]:
    for position, change in changes:
        details = {model.key: model for statement in change.statements or () for model in statement.models}
        models = {key: records.models[position, key] for key in details}
        yield from (_unit(change.source, model, models) for model in details.values())


def _unit(source: Source, details: ModelDetails, models: dict[str, AIModel]) -> _Unit:
    unit = _Unit(_statement(source, details, models[details.key]))
    common: dict[str, Any] = {"statement": unit.statement, "source": source}
    unit.parts[Derivation] = list(_derivations(details, models, common))
    unit.parts[TrainingCompute] = [TrainingCompute(**common, **columns) for columns in details.compute]
    unit.parts[TrainingDataDeclaration] = [
        TrainingDataDeclaration(**common, position=position, **columns)
        for position, columns in enumerate(details.corpora)
    ]
    return unit


def _statement(source: Source, details: ModelDetails, model: AIModel) -> ModelStatement:
    is_own = is_developer(source.owner_id, model)
    return ModelStatement(
        source=source,
        model_id=canonical(model),
        named_model_id=model.pk,
        rank=rank_of(source, is_developers_own=is_own),
        is_developers_own=is_own,
        speaks_of_lineage=details.speaks_of_lineage,
        key=details.key,
        name=details.name,
        version=details.version,
        developer_name=details.developer.name,
        developer_country=details.developer.country,
        filing_number_key=_number_key(details.columns.get("filing_number") or ""),
        **details.columns,
    )


def _number_key(number: str) -> str:
    key = number_key(number)
    return key if len(key) <= NUMBER_LENGTH else ""


def _derivations(details: ModelDetails, models: dict[str, AIModel], common: dict[str, Any]) -> Iterator[Derivation]:
    for parent in details.parents:
        if parent.key in models:
            yield Derivation(
                **common,
                child_id=canonical(models[details.key]),
                parent_id=canonical(models[parent.key]),
                named_parent_id=models[parent.key].pk,
                relation=parent.relation,
                modified=parent.modified,
                evidence=parent.evidence,
                passes_weights=parent.relation not in RELATIONS_WITHOUT_WEIGHTS,
            )
