"""`assess_evidence CASE.json…`: assess evidence of a model's origin without a database; nothing is stored."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from compliance.language import LANGUAGES, Language
from compliance.linting.files import json_files
from compliance.provenance.answers import Assessed, assess_file


class Command(BaseCommand):
    help = (
        "Compare declarations of a model's origin with evidence (structure, tokenizer, weight sketch). Each file has the form "
        '{"declaration": {…}, "evidence": {…}}. A folder stands for all .json files in it. Nothing is stored. '
        "Exit status: 0, or 2 if a file could not be read."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="CASE.json", help="a file or a folder")
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--language", choices=LANGUAGES, default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        language: Language = options["language"]
        assessed = [assess_file(Path(path), language) for path in json_files(options["files"])]
        if options["format"] == "json":
            self.stdout.write(json.dumps([each.as_json() for each in assessed], ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n\n".join(self._as_text(each) for each in assessed))
        sys.exit(2 if any(each.verdict is None for each in assessed) else 0)

    def _as_text(self, assessed: Assessed) -> str:
        codes = ", ".join(assessed.verdict.codes) if assessed.verdict else ""
        return "\n".join(line for line in (self.style.MIGRATE_HEADING(assessed.file), codes, assessed.text) if line)
