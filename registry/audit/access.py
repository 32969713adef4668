"""Counting who saw personal data and exported what: one row for a person, a thing and a day."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone

from registry.models import AccessRecord, User


def note_access(user: User, kind: str, label: str) -> None:
    """Count that a person saw something or took it along. One statement, two the first time on a day."""
    now, day = timezone.now(), timezone.localdate()
    same = AccessRecord.objects.filter(user=user, kind=kind, label=label[:200], day=day)
    if not same.update(last_at=now, times=F("times") + 1):
        row = AccessRecord(user=user, kind=kind, label=label[:200], day=day, first_at=now, last_at=now)
        # Two looks at once are one row; the second one is not counted.
        AccessRecord.objects.bulk_create([row], ignore_conflicts=True)
