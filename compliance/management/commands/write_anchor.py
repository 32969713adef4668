"""`write_anchor`: append the state of all chains to a file that is kept elsewhere."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from compliance.filings.history.anchors import Unreadable, write_anchor


class Command(BaseCommand):
    help = "Append an anchor: counts and hashes of the history and of the log of changes. Jobs do so daily, into ANCHOR_FILE."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="default: ANCHOR_FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"] or Path(settings.ANCHOR_FILE)
        try:
            anchor = write_anchor(path)
        except Unreadable as error:
            raise CommandError(
                f"{path} is no file of anchors ({error}). Nothing was written; name another file."
            ) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(anchor.as_line().rstrip())
