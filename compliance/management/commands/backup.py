"""`backup`: write database and documents into one file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from compliance.backup.databases import DatabaseRefused
from compliance.backup.writing import RecipientRefused, write_backup


class Command(BaseCommand):
    help = "Write database and documents as of this moment into one file, encrypted for BACKUP_RECIPIENTS. The product goes on meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="default: BACKUP_TO")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"] or (Path(settings.BACKUP_TO) if settings.BACKUP_TO else None)
        if folder is None:
            raise CommandError("Name a folder, or set BACKUP_TO.")
        try:
            path = write_backup(folder, settings.BACKUP_RECIPIENTS)
        except DatabaseRefused as error:
            what = f"The program {error.detail} is not installed." if error.code == "no_tool" else error.detail
            raise CommandError(f"The database could not be dumped: {what} Nothing was written.") from error
        except RecipientRefused as error:
            raise CommandError(
                f"BACKUP_RECIPIENTS: {error} is no public key of age (age1…). Nothing was written."
            ) from error
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}. Nothing was written.") from error
        self.stdout.write(f"{path} written, {path.stat().st_size:,} bytes. Try it with: manage.py restore {path} --try")
