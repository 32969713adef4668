"""`restore`: restore a backup into an empty database and storage, or only try it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.backup.databases import DatabaseRefused
from compliance.backup.places import PlaceRefused, file_of
from compliance.backup.restoring import BackupRefused, restore_backup
from compliance.backup.trying import try_backup
from compliance.language import LANGUAGES

_REFUSED = {
    "unreadable": "{names} is no backup of this product, or it is cut off.",
    "locked": "{names} is encrypted. Give the file of a key that opens it: --identity KEYFILE.",
    "changed": "The backup was changed; these do not fit its manifest: {names}.",
    "storage_not_empty": "The storage of documents is not empty. Restore into an empty folder or bucket (MEDIA_ROOT, STORAGE_URL).",
    "not_empty": "The database {names} has tables. Restore into an empty one (DATABASE_URL).",
    "other_kind": "The backup holds {names}, which is of another kind of database than DATABASE_URL.",
    "no_tool": "The program {names} is not installed.",
    "failed": "The database could not be loaded: {names}",
}


class Command(BaseCommand):
    help = (
        "Restore a backup into an empty database and an empty storage, bring its tables up to date and verify it by its hashes and the "
        "chains of the history. Exit status: 1 if something does not fit. --try restores into a database and a folder of its own "
        "and removes them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a file, or one in a bucket: s3://bucket/folder/registry-….tar?endpoint_url=…")
        parser.add_argument("--identity", type=Path, help="file with the secret key of age")
        parser.add_argument(
            "--try", action="store_true", dest="only_try", help="restore elsewhere, verify, and remove it"
        )
        parser.add_argument("--language", choices=LANGUAGES, default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with file_of(options["file"]) as path:
                found = _restore(path, options)
        except PlaceRefused as error:
            raise CommandError(f"{options['file']} cannot be read: {error} Nothing was restored.") from error
        except (BackupRefused, DatabaseRefused) as error:
            names = ", ".join(error.names[:10]) if isinstance(error, BackupRefused) else error.detail
            raise CommandError(_REFUSED[error.code].format(names=names) + " Nothing was restored.") from error
        for text in found:
            self.stdout.write(self.style.ERROR(text))
        if found:
            sys.exit(1)
        done = "can be restored" if options["only_try"] else "was restored"
        self.stdout.write(self.style.SUCCESS(f"{options['file']} {done}: history, documents and log fit."))


def _restore(path: Path, options: dict[str, Any]) -> list[str]:
    """Restore or try a file, and return what is wrong with it."""
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    if options["only_try"]:
        return try_backup(path, options["identity"])
    with TemporaryDirectory() as scratch:
        return restore_backup(path, Path(scratch), options["identity"], options["language"])
