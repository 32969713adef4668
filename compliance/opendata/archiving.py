"""Keeping the register of a day."""

from __future__ import annotations

import hashlib
from datetime import date
from tempfile import TemporaryFile

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from compliance.opendata.models import ArchivedRegister
from compliance.opendata.records import AT_ONCE, entries, written

FORMS = ("csv", "ndjson")


def archive_register(day: date | None = None) -> list[ArchivedRegister]:
    """Keep the register of today in each form of the archive, unless it is that of the last day that was kept. Return what was kept."""
    day = day or timezone.localdate()
    return [kept for form in FORMS if (kept := _archive(day, form))]


@transaction.atomic
def _archive(day: date, form: str) -> ArchivedRegister | None:
    if ArchivedRegister.objects.filter(day=day, form=form).exists():
        return None
    digest, rows = hashlib.sha256(), entries()
    with TemporaryFile() as file:
        for block in written(rows.iterator(AT_ONCE), form):
            digest.update(block)
            file.write(block)
        last = ArchivedRegister.objects.filter(form=form).first()
        if last is not None and last.sha256 == digest.hexdigest():
            return None
        size = file.tell()
        file.seek(0)
        kept = ArchivedRegister(day=day, form=form, rows=rows.count(), size=size, sha256=digest.hexdigest())
        kept.file.save(f"open-data/{day}/register.{form}", File(file), save=False)
    kept.save()
    return kept
