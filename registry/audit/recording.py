"""Writing the log of changes: which rows are watched, and the event that each change of one leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models.fields.files import FieldFile
from django.db.models.signals import post_save, pre_delete, pre_save
from django.utils import timezone

from registry.audit.acting import acting
from registry.chaining import canonical, chained_hash
from registry.models import AuditEvent, AuditHead, AuditVerb

# Saved with nothing else, these columns are no change.
_NOT_WATCHED = frozenset({"last_login"})
_BEFORE = "_audited_before"
# What is shown of a column whose values are not.
_HIDDEN = ["…", "…"]


@dataclass(frozen=True, slots=True)
class Watched:
    """A model whose changes are logged: the columns, those whose values are not shown, and what a row is called."""

    kind: str
    model: type[models.Model]
    columns: tuple[str, ...]
    hidden: frozenset[str]
    label: Callable[[Any], str]

    def state_of(self, row: models.Model) -> dict[str, Any]:
        """Return the watched columns of a row as JSON has them."""
        return {column: _plain(getattr(row, column)) for column in self.columns}


WATCHED: dict[type[models.Model], Watched] = {}


def watch(
    model: type[models.Model], *columns: str, hidden: tuple[str, ...] = (), label: Callable[[Any], str] = str
) -> None:
    """Log the changes of the rows of a model. The values of hidden columns are covered by the digest and not shown."""
    kind = model._meta.model_name or ""
    WATCHED[model] = Watched(kind, model, (*columns, *hidden), frozenset(hidden), label)
    pre_save.connect(_look_before, sender=model, dispatch_uid=f"audit-before-{kind}")
    post_save.connect(_saved, sender=model, dispatch_uid=f"audit-save-{kind}")
    pre_delete.connect(_deleted, sender=model, dispatch_uid=f"audit-delete-{kind}")


def digest_of(state: Mapping[str, Any], columns: Iterable[str]) -> str:
    """Return the SHA-256 of some columns of a row; one that the row does not have any more counts as null."""
    return hashlib.sha256(canonical({column: state.get(column) for column in columns}).encode()).hexdigest()


def hash_of(event: AuditEvent) -> str:
    """Return the hash that an event must have."""
    names = ("number", "verb", "kind", "row", "label", "actor", "data", "columns", "digest")
    entry = {name: getattr(event, name) for name in names}
    return chained_hash(event.previous_hash, {**entry, "at": _plain(event.at)})


def _look_before(instance: models.Model, update_fields: frozenset[str] | None, **_more: Any) -> None:
    """Keep the row as the database has it, to be compared after it is saved."""
    before = None if instance._state.adding or _is_no_change(update_fields) else _stored(instance)
    instance.__dict__[_BEFORE] = None if before is None else WATCHED[type(instance)].state_of(before)


def _saved(instance: models.Model, created: bool, update_fields: frozenset[str] | None, **_more: Any) -> None:
    if _is_no_change(update_fields):
        return
    row, before = _stored(instance), instance.__dict__.pop(_BEFORE, None)
    if row is not None:
        _record(row, AuditVerb.CREATED if created else AuditVerb.CHANGED, before or {})


def _deleted(instance: models.Model, **_more: Any) -> None:
    watched = WATCHED[type(instance)]
    _append(AuditVerb.DELETED, watched, instance.pk, watched.label(instance), {}, {})


def _record(row: models.Model, verb: str, before: Mapping[str, Any]) -> None:
    watched = WATCHED[type(row)]
    state = watched.state_of(row)
    changed = [column for column in watched.columns if before.get(column) != state[column]]
    if changed:
        shown = {name: _HIDDEN if name in watched.hidden else [before.get(name), state[name]] for name in changed}
        _append(verb, watched, row.pk, watched.label(row), shown, state)


def record_acceptance(watched: Watched, row: int, label: str, verb: str, state: dict[str, Any], reason: str) -> None:
    """Write the event of a change that was made by hand and is accepted, with the reason."""
    _append(verb, watched, row, label, {"accepted": [None, reason]}, state)


@transaction.atomic
def _append(verb: str, watched: Watched, row: int, label: str, data: dict[str, Any], state: dict[str, Any]) -> None:
    AuditHead.objects.get_or_create(pk=1)
    head = AuditHead.objects.select_for_update().get(pk=1)
    event = AuditEvent(
        number=head.number + 1,
        verb=verb,
        kind=watched.kind,
        row=row,
        label=label[:300],
        at=timezone.now(),
        actor=acting(),
        data=data,
        columns=list(state),
        digest=digest_of(state, state) if state else "",
        previous_hash=head.hash,
    )
    event.hash = hash_of(event)
    event.save(force_insert=True)
    head.number, head.hash = event.number, event.hash
    head.save()


def _is_no_change(update_fields: frozenset[str] | None) -> bool:
    return bool(update_fields) and set(update_fields or ()) <= _NOT_WATCHED


def _stored(instance: models.Model) -> models.Model | None:
    return type(instance)._base_manager.filter(pk=instance.pk).first()


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | FieldFile):
        return str(value)
    return value
