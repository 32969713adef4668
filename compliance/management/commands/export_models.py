"""`export_models DOSSIER.json`: write the models of a dossier as a bill of materials."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.dossier.faults import Malformed, unreadable
from compliance.dossier.parsing import parse
from compliance.exchange.writing import FORMATS, LOST, write_models
from compliance.language import LANGUAGES, Language


class Command(BaseCommand):
    help = (
        "Write the models of a dossier with their lineage, data and licenses as a CycloneDX 1.7 bill of materials or an SPDX 3.0.1 "
        "document. What the format cannot hold is listed on standard error."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="DOSSIER.json")
        parser.add_argument("--format", choices=sorted(FORMATS), default="cyclonedx")
        parser.add_argument(
            "-o", "--output", type=Path, metavar="FILE", help="the file to write; default: standard output"
        )
        parser.add_argument("--language", choices=LANGUAGES, default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        language: Language = options["language"]
        try:
            parsed = parse(Path(options["file"]).read_bytes())
        except OSError as error:
            raise CommandError(unreadable(error).message(language)) from error
        except Malformed as error:
            lines = (f"{fault.at}: {fault.message(language)}" for fault in error.faults)
            raise CommandError("\n".join(lines)) from error
        written = write_models(parsed.canonical, options["format"], at=datetime.now(UTC))
        text = json.dumps(written, ensure_ascii=False, indent=1) + "\n"
        if options["output"]:
            options["output"].write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")
        self.stderr.write(LOST[options["format"]].in_(language))
