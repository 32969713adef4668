"""`encrypt_documents`: encrypt the files that were stored before DOCUMENT_KEYS was set, or by a former key."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError

from compliance.backup.writing import names_in
from registry.encryption import Encrypting


class Command(BaseCommand):
    help = "Encrypt documents that were stored without encryption, or by a former key, with the first of DOCUMENT_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count the files that are not encrypted")

    def handle(self, *args: Any, **options: Any) -> None:
        storage = storages["default"]
        if not isinstance(storage, Encrypting):
            raise CommandError("DOCUMENT_KEYS is not set. Make a key with `age-keygen` and set it to its secret key.")
        names = list(names_in(storage))  # type: ignore[arg-type]
        if options["dry_run"]:
            plain = sum(not storage.is_encrypted(name) for name in names)
            self.stdout.write(f"{plain:,} of {len(names):,} files are not encrypted.")
            return
        done, unreadable = 0, 0
        for count, name in enumerate(names, 1):
            try:
                done += storage.encrypt(name)
            except FileNotFoundError:
                self.stdout.write(f"{name} was deleted meanwhile.")
            except OSError as error:
                unreadable += 1
                self.stderr.write(f"{name}: {error}")
            if count % 1_000 == 0:
                self.stdout.write(f"{count:,} of {len(names):,} files …")
        self.stdout.write(f"{done:,} of {len(names):,} files encrypted; the others were.")
        if unreadable:
            raise CommandError(f"{unreadable:,} files cannot be read, see above; they stay as they are.")
