"""`backup`: write database and documents into one file."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from compliance.backup.databases import DatabaseRefused
from compliance.backup.places import PlaceRefused, back_up_to
from compliance.backup.writing import RecipientRefused


class Command(BaseCommand):
    help = "Write database and documents as of this moment into one file, encrypted for BACKUP_RECIPIENTS. The product goes on meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "place", nargs="?", help="a folder, or a bucket: s3://bucket/folder?endpoint_url=… Default: BACKUP_TO"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        place = options["place"] or settings.BACKUP_TO
        if not place:
            raise CommandError("Name a folder or a bucket, or set BACKUP_TO.")
        try:
            written = back_up_to(str(place), settings.BACKUP_RECIPIENTS)
        except DatabaseRefused as error:
            what = f"The program {error.detail} is not installed." if error.code == "no_tool" else error.detail
            raise CommandError(f"The database could not be dumped: {what} Nothing was written.") from error
        except RecipientRefused as error:
            raise CommandError(
                f"BACKUP_RECIPIENTS: {error} is no public key of age (age1…). Nothing was written."
            ) from error
        except OSError as error:
            raise CommandError(f"{place} cannot be written: {error.strerror}. Nothing was written.") from error
        except PlaceRefused as error:
            raise CommandError(f"{place} cannot be written: {error} Nothing was written.") from error
        self.stdout.write(f"{written} was written. Try it with: manage.py restore {shlex.quote(written)} --try")
