"""`import_register FILE…`: import published lists into the register."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from registry.numbers.published.importing import Imported, import_list

LANGUAGES = ("en", "zh")


class Command(BaseCommand):
    help = (
        "Import published lists of filed algorithms and services (CSV or XLSX). Valid rows are imported, doubtful rows with a "
        "note; invalid rows are reported with line and reason. Exit status: 1 if a row was rejected."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="report what would be done without storing anything")
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--language", choices=LANGUAGES, default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        imported = []
        for name in options["files"]:
            imported.append(import_list(Path(name), name, dry_run=options["dry_run"]))
            if options["format"] == "text":
                self._report(imported[-1], options)
        if options["format"] == "json":
            rows = [_as_json(each, options["language"]) for each in imported]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
        if any(each.rejected for each in imported):
            sys.exit(1)

    def _report(self, imported: Imported, options: dict[str, Any]) -> None:
        report = _as_json(imported, options["language"])
        self.stdout.write(self.style.MIGRATE_HEADING(imported.file))
        counts = (f"{name} {report[name]}" for name in ("rows", "created", "updated", "unchanged"))
        self.stdout.write("  " + ", ".join([*counts, f"rejected {len(report['rejected'])}"]))
        for each in report["rejected"]:
            self.stdout.write(self.style.ERROR(f"  line {each['line']}: {each['reason']}"))
        for note in report["notes"]:
            self.stdout.write(f"  {note}")
        if options["dry_run"]:
            self.stdout.write("  Dry run: nothing was stored.")


def _as_json(imported: Imported, language: str) -> dict[str, Any]:
    text = LANGUAGES.index(language) + 1
    line = {"en": "line {}: {}", "zh": "第 {} 行：{}"}[language]
    return {
        "file": imported.file,
        "rows": imported.rows,
        "created": imported.created,
        "updated": imported.updated,
        "unchanged": imported.unchanged,
        "rejected": [{"line": note[0], "reason": note[text]} for note in imported.rejected],
        "notes": [line.format(note[0], note[text]) if note[0] else note[text] for note in imported.notes],
    }
