"""Asking for an import."""

from __future__ import annotations

from typing import IO

from django.core.files import File
from django.db import transaction

from compliance.checking.dispatch import announce_import_after_commit
from compliance.models import ImportRun
from registry.models import User


class ImportRefused(Exception):
    """An import is refused; `code` says why: not_a_filer, empty, too_many."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


MOST_UNDER_WAY = 10


@transaction.atomic
def ask_for_import(
    content: IO[bytes], *, by: User, is_archive: bool, size: int, sha256: str, dry_run: bool, submit: bool
) -> ImportRun:
    """Keep a file of dossiers and let the workers import it. Raises ImportRefused."""
    if not by.filer_organizations:
        raise ImportRefused("not_a_filer")
    if not size:
        raise ImportRefused("empty")
    if ImportRun.objects.filter(by=by, finished_at=None).count() >= MOST_UNDER_WAY:
        raise ImportRefused("too_many")
    run = ImportRun(by=by, is_archive=is_archive, size=size, sha256=sha256, dry_run=dry_run, submit=submit)
    run.kept_as.save(f"imports/{run.uid}", File(content), save=False)
    run.save()
    announce_import_after_commit(run.pk)
    return run
