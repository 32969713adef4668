"""`check_dossier FILE…`: check dossiers on disk by the rules, without a database."""

from __future__ import annotations

import argparse
import json
import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from compliance.days import day_from
from compliance.linting import as_json, as_text, check_file
from compliance.words import LANGUAGES


class Command(BaseCommand):
    help = (
        "Check dossiers by the rules. Exit status: 0 without errors, 1 with errors, 2 when a file is malformed; "
        "the worst of all files counts."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--as-of", type=_day, metavar="DATE", help="judge as of this day (YYYY-MM-DD), not today")
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--language", choices=LANGUAGES, default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        language, today = options["language"], options["as_of"] or timezone.localdate()
        checked = [check_file(Path(name), name, today=today) for name in options["files"]]
        if options["format"] == "json":
            found = [as_json(file, language) for file in checked]
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            self.stdout.write(as_text(checked, language, self.style))
        sys.exit(max(file.exit_status for file in checked))


def _day(text: str) -> date:
    try:
        return day_from(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
