"""Deleting what is older than its kind is kept, or only counting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from compliance.retention.kinds import BY_NAME, Kind

_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Applied:
    """How many rows of a kind were older than it is kept."""

    kind: Kind
    days: int
    rows: int


def apply_retention(days: Mapping[str, int], *, dry_run: bool = False) -> list[Applied]:
    """Delete what is older than it is kept, a part at a time; with `dry_run` only count it."""
    count = _counted if dry_run else _deleted
    return [Applied(BY_NAME[name], kept, count(BY_NAME[name], kept)) for name, kept in days.items()]


def _counted(kind: Kind, days: int) -> int:
    return kind.old(timezone.now() - timedelta(days=days)).count()


def _deleted(kind: Kind, days: int) -> int:
    before, deleted = timezone.now() - timedelta(days=days), 0
    while keys := list(kind.old(before).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
        rows = kind.old(before).model._default_manager.filter(pk__in=keys)
        deleted += len(keys)
        rows.delete()
    return deleted
