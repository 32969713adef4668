"""
The order of changes. A change gets its position after its commit, under a lock: what commits later comes later, so a reader
who has seen all positions up to one never misses anything below it.
"""

from __future__ import annotations

from django.db import transaction
from uuid6 import uuid7

from compliance.notices.models import Change, LastPosition

AT_ONCE = 1_000


def give_positions() -> int:
    """Give positions to the committed changes that have none, and return how many they were."""
    given = 0
    while Change.objects.filter(position__isnull=True).exists():
        part = _next_part()
        given += part
        if not part:
            break
    return given


@transaction.atomic
def _next_part() -> int:
    last, _is_new = LastPosition.objects.select_for_update().get_or_create(pk=1)
    part = list(Change.objects.filter(position__isnull=True).order_by("id").only("id")[:AT_ONCE])
    for change in part:
        last.last += 1
        change.position, change.uid = last.last, uuid7()
    Change.objects.bulk_update(part, ["position", "uid"], batch_size=300)
    last.save(update_fields=["last"])
    return len(part)
