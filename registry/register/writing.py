"""
Writing statements: a source states, states again in place of what it stated, is published, or is hidden.

Each change settles what hangs on it: the order of precedence, the walk over the lineage, the registration status.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import transaction

from registry.lineage.walks import NOT_BY_WEIGHTS
from registry.models import (
    AIModel,
    Derivation,
    ModelStatement,
    Organization,
    OrganizationStatement,
    ServiceStatement,
    Source,
    TrainingCompute,
    TrainingDataDeclaration,
)
from registry.numbers.forms import NUMBER_LENGTH, number_key
from registry.register.deriving import lock, settle
from registry.register.identities import models_of, organizations_of, services_of
from registry.register.precedence import rank_of
from registry.register.statements import ModelDetails, Party, Statement


def state(source: Source, stated: Statement) -> None:
    """Replace exactly what this source stated by what it states now."""
    state_list(source, [stated])


@transaction.atomic
def state_list(source: Source, statements: Sequence[Statement]) -> None:
    """The same for a source that speaks of many organizations, each with its services and models."""
    touched = touched_by(source)
    models = [model for stated in statements for model in stated.models]
    parties = {stated.declarant for stated in statements} | {model.developer for model in models}
    organizations = organizations_of(parties)
    declarants = [source.owner or organizations.get(stated.declarant) for stated in statements]
    offered = [
        (declarant, service)
        for stated, declarant in zip(statements, declarants, strict=True)
        if declarant
        for service in stated.services
    ]
    services = services_of(offered)
    subjects = models_of(models, organizations, source.owner)
    touched.models |= {_canonical(subject) for subject in subjects.values()}
    touched.services |= {service.pk for service in services.values()}
    lock(touched.models, touched.services)
    _take_back(source)
    _state_organizations(source, statements, declarants, organizations)
    ServiceStatement.objects.bulk_create(
        ServiceStatement(source=source, service=services[owner.pk, told.name], name=told.name, **told.columns)
        for owner, told in offered
    )
    _state_models(source, models, subjects)
    settle(touched.models, touched.services)


@transaction.atomic
def show(source: Source, *, is_live: bool, is_public: bool) -> None:
    """
    Say who sees what a source states: everybody once it is public (its filing was filed), nobody else once it is not live
    (its filing was withdrawn or rejected, or a correction undone).
    """
    source.is_live, source.is_public = is_live, is_public
    source.save(update_fields=["is_live", "is_public"])
    _rank_again(source)


class _Touched:
    """The models and services on which a change hangs, by key."""

    def __init__(self, models: Iterable[int], services: Iterable[int]) -> None:
        self.models, self.services = set(models), set(services)


def touched_by(source: Source) -> _Touched:
    return _Touched(
        ModelStatement.objects.filter(source=source).values_list("model_id", flat=True),
        ServiceStatement.objects.filter(source=source).values_list("service_id", flat=True),
    )


def _take_back(source: Source) -> None:
    for kind in (Derivation, TrainingCompute, TrainingDataDeclaration, ModelStatement):
        kind.objects.filter(source=source).delete()
    ServiceStatement.objects.filter(source=source).delete()
    OrganizationStatement.objects.filter(source=source).delete()


def _rank_again(source: Source) -> None:
    statements = list(ModelStatement.objects.filter(source=source))
    for statement in statements:
        statement.rank = rank_of(source, is_developers_own=statement.is_developers_own)
    ModelStatement.objects.bulk_update(statements, ["rank"])
    touched = touched_by(source)
    settle(touched.models, touched.services)


def _canonical(subject: AIModel) -> int:
    return subject.merged_into_id or subject.pk


def _state_organizations(
    source: Source,
    statements: Sequence[Statement],
    declarants: Sequence[Organization | None],
    organizations: dict[Party, Organization],
) -> None:
    rows: dict[int, OrganizationStatement] = {}
    for stated, declarant in zip(statements, declarants, strict=True):
        if declarant is not None and declarant.pk not in rows:
            columns = {"name": stated.declarant.name, "country": stated.declarant.country, **stated.organization}
            rows[declarant.pk] = OrganizationStatement(source=source, organization=declarant, **columns)
    for party, named in organizations.items():
        if named.pk not in rows:
            told = {"name": party.name, "country": party.country}
            rows[named.pk] = OrganizationStatement(source=source, organization=named, **told)
    OrganizationStatement.objects.bulk_create(rows.values())
    _learn_own_name(source)
    if source.is_public:
        _learn_countries(organizations)


def _learn_own_name(source: Source) -> None:
    """What an organization calls itself stands in place of what others called it."""
    owner = source.owner
    told = OrganizationStatement.objects.filter(source=source, organization=owner).first() if owner else None
    if owner and told and owner.is_named_by_others and told.name:
        owner.name, owner.name_en = told.name[:200], told.name_en[:200]
        owner.is_named_by_others = False
        owner.save()


def _learn_countries(organizations: dict[Party, Organization]) -> None:
    """Remember where an organization is when that is told for the first time; who is busy elsewhere is left for later."""
    told = {row.pk: party.country for party, row in organizations.items() if party.country and not row.country}
    free = Organization.objects.select_for_update(no_key=True, skip_locked=True).filter(pk__in=told, country="")
    for key in list(free.values_list("pk", flat=True)) if told else ():
        Organization.objects.filter(pk=key).update(country=told[key])


def _state_models(source: Source, stated: Collection[ModelDetails], subjects: dict[str, AIModel]) -> None:
    statements = {told.key: _statement(source, told, subjects[told.key]) for told in stated}
    ModelStatement.objects.bulk_create(statements.values())
    rows: dict[Any, list[Any]] = {Derivation: [], TrainingCompute: [], TrainingDataDeclaration: []}
    for told in stated:
        of_source: dict[str, Any] = {"statement": statements[told.key], "source": source}
        rows[Derivation] += _derivations(told, subjects, of_source)
        rows[TrainingCompute] += [TrainingCompute(**of_source, **columns) for columns in told.compute]
        rows[TrainingDataDeclaration] += [
            TrainingDataDeclaration(**of_source, position=i, **columns) for i, columns in enumerate(told.corpora)
        ]
    for kind, new in rows.items():
        kind.objects.bulk_create(new)


def _statement(source: Source, told: ModelDetails, subject: AIModel) -> ModelStatement:
    is_own = source.owner_id is not None and source.owner_id == subject.developer_id
    return ModelStatement(
        source=source,
        model_id=_canonical(subject),
        named_model=subject,
        rank=rank_of(source, is_developers_own=is_own),
        is_developers_own=is_own,
        speaks_of_lineage=told.speaks_of_lineage,
        key=told.key,
        name=told.name,
        version=told.version,
        developer_name=told.developer.name,
        developer_country=told.developer.country,
        filing_number_key=_number_key(told.columns.get("filing_number") or ""),
        **told.columns,
    )


def _number_key(number: str) -> str:
    key = number_key(number)
    return key if len(key) <= NUMBER_LENGTH else ""


def _derivations(told: ModelDetails, subjects: dict[str, AIModel], of_source: dict[str, Any]) -> list[Derivation]:
    return [
        Derivation(
            **of_source,
            child_id=_canonical(subjects[told.key]),
            parent_id=_canonical(subjects[parent.key]),
            named_parent=subjects[parent.key],
            relation=parent.relation,
            modified=parent.modified,
            evidence=parent.evidence,
            passes_weights=parent.relation not in NOT_BY_WEIGHTS,
        )
        for parent in told.parents
        if parent.key in subjects
    ]
