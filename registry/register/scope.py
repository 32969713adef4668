"""The scope of a change: the models and services that it affects, and the models that it only mentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from registry.models import AIModel, Derivation, ModelStatement, OfficialNumber, ServiceStatement
from registry.register.batches import batches
from registry.register.changes import Change, Coverage
from registry.register.identities import Records, is_developer
from registry.register.precedence import PENDING


@dataclass(slots=True)
class Scope:
    """
    The keys of the models and services that a change affects, before it or after it, and of the models that its numbers
    cover. Some models may be only `mentioned`; for some of these the change declares parents (`with_parents`).
    `merged_into` tells, for each record that was read, the record that it was merged into at that moment, or None.
    """

    models: set[int] = field(default_factory=set)
    services: set[int] = field(default_factory=set)
    covered: set[int] = field(default_factory=set)
    mentioned: set[int] = field(default_factory=set)
    with_parents: set[int] = field(default_factory=set)
    merged_into: dict[int, int | None] = field(default_factory=dict)

    def canonical(self, key: int, merged_into: int | None) -> int:
        """Return the key of the record that stands for a record that was read, and remember what was read."""
        self.merged_into[key] = merged_into
        return merged_into or key


def scope_of(changes: Sequence[Change], coverages: Sequence[Coverage], records: Records) -> Scope:
    """Return the scope of a change. At most six queries, regardless of the number of sources and numbers."""
    scope = Scope()
    affected: set[int] = set()
    for position, change in enumerate(changes):
        affected |= _add_new_statements(scope, position, change, records)
    affected |= _add_old_statements(scope, changes)
    _add_covered(scope, coverages)
    for model in records.models_of(coverages, offset=len(changes)):
        scope.covered.add(scope.canonical(model.pk, model.merged_into_id))
    scope.services |= {service.pk for service in records.services.values()}
    scope.models |= scope.covered
    scope.mentioned -= affected | scope.covered
    return scope


def _add_new_statements(scope: Scope, position: int, change: Change, records: Records) -> set[int]:
    """Add the models of the new statements, and return those whose shown values may change."""
    affected = set()
    for statement in change.statements or ():
        for details in statement.models:
            model = records.models[position, details.key]
            key = scope.canonical(model.pk, model.merged_into_id)
            scope.models.add(key)
            is_own = is_developer(change.source.owner_id, model)
            (affected if is_own or not change.stays_private else scope.mentioned).add(key)
            if details.parents:
                scope.with_parents.add(key)
    return affected


def _add_old_statements(scope: Scope, changes: Sequence[Change]) -> set[int]:
    """Add the models and services of the existing statements, and return the models whose shown values may change."""
    affected = set()
    is_private = {change.source.pk: change.stays_private for change in changes if change.source.pk}
    for part in batches(is_private):
        rows = ModelStatement.objects.filter(source__in=part)
        # Both the record that is named and the one that it counts for, since a merge may be undone before they are locked.
        named, counting = ("named_model_id", "named_model__merged_into_id"), ("model_id", "model__merged_into_id")
        for source, is_own, *pairs in rows.values_list("source_id", "is_developers_own", *named, *counting):
            keys = {scope.canonical(*pairs[:2]), scope.canonical(*pairs[2:])}
            scope.models |= keys
            (affected if is_own or not is_private[source] else scope.mentioned).update(keys)
        services = ServiceStatement.objects.filter(source__in=part).values_list("service_id", flat=True)
        scope.services.update(services)
    return affected


def _add_covered(scope: Scope, coverages: Sequence[Coverage]) -> None:
    """Add what the numbers cover before the change, and all models of a source that a number will cover."""
    for part in batches({coverage.number.pk for coverage in coverages}):
        models = OfficialNumber.ai_models.through.objects.filter(officialnumber__in=part)
        rows = models.values_list("aimodel_id", "aimodel__merged_into_id")
        scope.covered |= {scope.canonical(*row) for row in rows}
        services = OfficialNumber.services.through.objects.filter(officialnumber__in=part)
        scope.services.update(services.values_list("service_id", flat=True))
    if any(coverage.source for coverage in coverages):
        scope.covered |= scope.models


def changed_among(scope: Scope, models: set[int]) -> set[int]:
    """
    Return the models whose shown values may change.

    A filing under review that only mentions a model of somebody else changes nothing in two cases: public statements name
    the model and declare its lineage, or public statements name it and no statement declares parents.
    """
    candidates = models & scope.mentioned
    unchanged: set[int] = set()
    for part in batches(candidates):
        for key, is_lineage_public, has_edges in _public_knowledge(part):
            has_edges = has_edges or key in scope.with_parents
            if is_lineage_public or not has_edges:
                unchanged.add(key)
    return models - unchanged


def _public_knowledge(models: list[int]) -> list[tuple[int, bool, bool]]:
    """Return models that public statements name: key, whether public statements declare the lineage, whether edges exist."""
    public = ModelStatement.objects.filter(model=OuterRef("pk"), rank__lt=PENDING)
    rows = AIModel.objects.filter(Exists(public.exclude(name="")), pk__in=models).annotate(
        is_lineage_public=Exists(public.filter(speaks_of_lineage=True)),
        has_edges=Exists(Derivation.objects.filter(child=OuterRef("pk"))),
    )
    return list(rows.values_list("pk", "is_lineage_public", "has_edges"))
