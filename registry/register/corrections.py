"""Corrections and merges by registrars. Each is recorded with a reason and can be undone."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from registry.models import (
    AIModel,
    Correction,
    CorrectionKind,
    Derivation,
    ModelStatement,
    Role,
    Source,
    SourceKind,
    User,
)
from registry.refusals import RegisterRefused
from registry.register.pipeline import apply, rederiving
from registry.register.precedence import CORRECTABLE, CORRECTED, rank_of


@transaction.atomic
def correct_model(model: AIModel, changes: dict[str, Any], *, reason: str, by: User) -> Correction:
    """
    Correct a model by a statement that takes precedence over all others. `changes` maps CORRECTABLE fields to values.

    Raises RegisterRefused: `not_a_registrar`, `own_model`, `reason_missing`, `nothing_to_correct`, `not_correctable`,
    `merged_away`.
    """
    _refuse_unless_registrar(by, reason, model)
    if not changes:
        raise RegisterRefused("nothing_to_correct")
    if unknown := sorted(set(changes) - set(CORRECTABLE)):
        raise RegisterRefused("not_correctable", fields=", ".join(unknown), known=", ".join(CORRECTABLE))
    with rederiving({model.pk}):
        model = AIModel.objects.get(pk=model.pk)
        if model.merged_into_id:
            raise RegisterRefused("merged_away")
        return _create_correction(model, changes, reason.strip(), by)


def _create_correction(model: AIModel, changes: dict[str, Any], reason: str, by: User) -> Correction:
    correction = Correction(kind=CorrectionKind.CORRECT, model=model, changes=_plain(changes), reason=reason)
    correction.by, correction.at = by, timezone.now()
    correction.source = Source.objects.create(
        kind=SourceKind.CORRECTION,
        key=f"correction:{correction.uid}",
        label=f"Correction {timezone.localdate(correction.at):%Y-%m-%d}",
        is_public=True,
        stated_at=correction.at,
    )
    ModelStatement.objects.create(
        source=correction.source,
        model=model,
        named_model=model,
        rank=CORRECTED,
        speaks_of_lineage=changes.get("development") == "from_scratch",
        **changes,
    )
    correction.save()
    return correction


@transaction.atomic
def merge_models(model: AIModel, into: AIModel, *, reason: str, by: User) -> Correction:
    """
    Merge two records of the same model: all statements about `model` count for `into` from now on.

    Raises RegisterRefused: `not_a_registrar`, `own_model`, `reason_missing`, `same_model`, `merged_away`.
    """
    _refuse_unless_registrar(by, reason, model, into)
    if model.pk == into.pk:
        raise RegisterRefused("same_model")
    _lock_merges()
    if AIModel.objects.filter(pk__in=(model.pk, into.pk), merged_into__isnull=False).exists():
        raise RegisterRefused("merged_away")
    correction = Correction.objects.create(
        kind=CorrectionKind.MERGE, model=model, into=into, reason=reason.strip(), by=by, at=timezone.now()
    )
    _reroot({model.pk, into.pk})
    return correction


@transaction.atomic
def undo_correction(correction: Correction, *, reason: str, by: User) -> Correction:
    """
    Undo a correction or a merge. The statements of others count again as before.

    Raises RegisterRefused: `not_a_registrar`, `reason_missing`, `already_undone`.
    """
    _refuse_unless_registrar(by, reason)
    _lock_merges()
    correction = Correction.objects.select_for_update().get(pk=correction.pk)
    if correction.undone_at:
        raise RegisterRefused("already_undone")
    correction.undone_at, correction.undone_by, correction.undone_reason = timezone.now(), by, reason.strip()
    correction.save(update_fields=["undone_at", "undone_by", "undone_reason"])
    if correction.source:
        apply(correction.source, is_live=False)
    if correction.into_id:
        _reroot({correction.model_id, correction.into_id})
    return correction


# Any number will do, as long as nothing else in the database takes an advisory lock with it.
_MERGES = 0x6D657267


def _lock_merges() -> None:
    """Let one merge, or one undoing, be made at a time: they read all merges in force before they lock the models."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_MERGES])


def _refuse_unless_registrar(by: User, reason: str, *models: AIModel) -> None:
    if not by.has_role(Role.REGISTRAR):
        raise RegisterRefused("not_a_registrar")
    if any(model.developer_id in by.own_organizations for model in models):
        raise RegisterRefused("own_model")
    if not reason.strip():
        raise RegisterRefused("reason_missing")


def _plain(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in changes.items()}


def _reroot(models: set[int]) -> None:
    """Merge every record of the groups into the record that the merges in force lead to."""
    merges = dict(
        Correction.objects.filter(kind=CorrectionKind.MERGE, undone_at=None).values_list("model_id", "into_id")
    )
    group = _group_of(models, merges)
    with rederiving(group, has_merged=True):
        for key in group:
            root = _root(key, merges)
            AIModel.objects.filter(pk=key).update(merged_into=root if root != key else None)
            ModelStatement.objects.filter(named_model=key).update(model=root)
            Derivation.objects.filter(statement__named_model=key).update(child=root)
            Derivation.objects.filter(named_parent=key).update(parent=root)
        _update_ranks(group)


def _update_ranks(models: set[int]) -> None:
    """Update the ranks of statements after a merge: a statement by the developer of either record is the developer's own."""
    statements = ModelStatement.objects.filter(model__in=models, source__owner__isnull=False)
    changed = []
    for statement in statements.select_related("source", "model", "named_model"):
        is_own = statement.source.owner_id in (statement.model.developer_id, statement.named_model.developer_id)
        rank = rank_of(statement.source, is_developers_own=is_own)
        if (statement.is_developers_own, statement.rank) != (is_own, rank):
            statement.is_developers_own, statement.rank = is_own, rank
            changed.append(statement)
    ModelStatement.objects.bulk_update(changed, ["is_developers_own", "rank"], batch_size=500)


def _group_of(models: set[int], merges: dict[int, int]) -> set[int]:
    """Return the models and all records merged with them."""
    roots = {_root(key, merges) for key in models}
    merged = AIModel.objects.filter(merged_into__in=models | roots).values_list("pk", flat=True)
    return models | roots | set(merged) | {key for key in merges if _root(key, merges) in roots}


def _root(key: int, merges: dict[int, int]) -> int:
    while key in merges:
        key = merges[key]
    return key
