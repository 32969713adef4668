"""What hangs on a change: the models, services and numbers that it touches, and which models it only mentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from registry.models import AIModel, Derivation, ModelStatement, OfficialNumber, ServiceStatement
from registry.register.batches import batches
from registry.register.changes import Change, Coverage
from registry.register.identities import Records, canonical
from registry.register.precedence import PENDING


@dataclass(slots=True)
class Scope:
    """
    The keys of the models and services that a change touches, before it and after it, and of the models that its numbers
    cover. Some of the models may be only `mentioned`; of some of these the change gives parents (`with_parents`).
    """

    models: set[int] = field(default_factory=set)
    services: set[int] = field(default_factory=set)
    covered: set[int] = field(default_factory=set)
    mentioned: set[int] = field(default_factory=set)
    with_parents: set[int] = field(default_factory=set)


def scope_of(changes: Sequence[Change], coverages: Sequence[Coverage], records: Records) -> Scope:
    """Return what a change touches. At most six queries, however many sources and numbers."""
    scope = Scope()
    loud: set[int] = set()
    for place, change in enumerate(changes):
        loud |= _add_stated_now(scope, place, change, records)
    loud |= _add_stated_before(scope, changes)
    _add_covered(scope, coverages)
    for model in records.models_of(coverages, offset=len(changes)):
        scope.covered.add(canonical(model))
    scope.services |= {service.pk for service in records.services.values()}
    scope.models |= scope.covered
    scope.mentioned -= loud | scope.covered
    return scope


def _add_stated_now(scope: Scope, place: int, change: Change, records: Records) -> set[int]:
    """Add the models that a change states, and return those of which it may change what is shown."""
    loud = set()
    for statement in change.statements or ():
        for details in statement.models:
            model = records.models[place, details.key]
            key = canonical(model)
            scope.models.add(key)
            is_own = model.developer_id is not None and model.developer_id == change.source.owner_id
            (loud if is_own or not change.is_quiet else scope.mentioned).add(key)
            if details.parents:
                scope.with_parents.add(key)
    return loud


def _add_stated_before(scope: Scope, changes: Sequence[Change]) -> set[int]:
    """The same for what the sources have stated so far."""
    loud = set()
    quiet = {change.source.pk: change.is_quiet for change in changes if change.source.pk}
    for part in batches(quiet):
        rows = ModelStatement.objects.filter(source__in=part).values_list("source_id", "model_id", "is_developers_own")
        for source, model, is_own in rows:
            scope.models.add(model)
            (loud if is_own or not quiet[source] else scope.mentioned).add(model)
        services = ServiceStatement.objects.filter(source__in=part).values_list("service_id", flat=True)
        scope.services.update(services)
    return loud


def _add_covered(scope: Scope, coverages: Sequence[Coverage]) -> None:
    """Add what the numbers have covered so far, and what they cover of a source: all of it is touched."""
    for part in batches({coverage.number.pk for coverage in coverages}):
        models = OfficialNumber.ai_models.through.objects.filter(officialnumber__in=part)
        rows = models.values_list("aimodel_id", "aimodel__merged_into_id")
        scope.covered |= {merged or key for key, merged in rows}
        services = OfficialNumber.services.through.objects.filter(officialnumber__in=part)
        scope.services.update(services.values_list("service_id", flat=True))
    if any(coverage.source for coverage in coverages):
        scope.covered |= scope.models


def changed_among(scope: Scope, models: set[int]) -> set[int]:
    """
    Return the models of which the change may change what the register shows. Of a model that a filing under review only
    mentions, and that is not the applicant's own, it changes nothing where something public names the model and says what
    it derives from, or where nothing at all derives it from anything.
    """
    asked = models & scope.mentioned
    unchanged: set[int] = set()
    for part in batches(asked):
        for key, is_lineage_public, has_edges in _public_knowledge(part):
            has_edges = has_edges or key in scope.with_parents
            if is_lineage_public or not has_edges:
                unchanged.add(key)
    return models - unchanged


def _public_knowledge(models: list[int]) -> list[tuple[int, bool, bool]]:
    """Of the models that something public names: the key, whether something public speaks of the lineage, whether edges exist."""
    public = ModelStatement.objects.filter(model=OuterRef("pk"), rank__lt=PENDING)
    rows = AIModel.objects.filter(Exists(public.exclude(name="")), pk__in=models).annotate(
        is_lineage_public=Exists(public.filter(speaks_of_lineage=True)),
        has_edges=Exists(Derivation.objects.filter(child=OuterRef("pk"))),
    )
    return list(rows.values_list("pk", "is_lineage_public", "has_edges"))
