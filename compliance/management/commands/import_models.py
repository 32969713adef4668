"""`import_models FILE…`: take models and data sets from the files of other tools into a draft dossier."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from compliance.dossier.faults import Malformed, unreadable
from compliance.evidence.model_cards import read_draft, written_draft
from compliance.exchange.carried import Carried, NotReadable
from compliance.exchange.reading import joined, read_file
from compliance.language import LANGUAGES, Bilingual, Language
from compliance.management.draft_files import draft_text, not_extended, replace_draft

_READ = Bilingual(
    "{file}: {format} {version}, models: {models}, corpora: {corpora}",
    "{file}：{format} {version}，模型 {models} 个，语料 {corpora} 个",
)
_LOST = Bilingual("  not carried: {lost}", "  未取用：{lost}")


class Command(BaseCommand):
    help = (
        "Read CycloneDX 1.5 to 1.7 bills of materials, SPDX 3.0 documents and Croissant 1.0 or 1.1 descriptions; with --dossier, create "
        "a draft dossier on disk or extend its models and corpora. What the dossier has is kept. All files are taken, or none. "
        "Exit status: 0, or 2 if a file could not be read."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--dossier", type=Path, metavar="DOSSIER.json", help="create or extend this dossier")
        parser.add_argument("--key", help="the key of the model to which data sets belong; default: the first one")
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--language", choices=LANGUAGES, default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        language: Language = options["language"]
        read = [(name, _read(name, language)) for name in options["files"]]
        carried = [each for _, each in read if isinstance(each, Carried)]
        if len(carried) == len(read) and options["dossier"]:
            _write(options["dossier"], carried, options["key"], language)
        if options["format"] == "json":
            self.stdout.write(json.dumps([_as_json(*each) for each in read], ensure_ascii=False, indent=1))
        else:
            for name, each in read:
                self.stdout.write("\n".join(_as_text(name, each, language)))
        sys.exit(0 if len(carried) == len(read) else 2)


def _read(name: str, language: Language) -> Carried | str:
    """Return what a file holds, or why it cannot be read."""
    try:
        return read_file(Path(name).read_bytes())
    except OSError as error:
        return unreadable(error).message(language)
    except NotReadable as error:
        return error.message(language)


def _write(path: Path, carried: list[Carried], key: str | None, language: Language) -> None:
    """Add what was read to the draft: all files, or none."""
    try:
        document = read_draft(draft_text(path))
    except Malformed as error:
        raise not_extended(path, error, language) from error
    for each in carried:
        document = joined(document, each, key=key)
    replace_draft(path, written_draft(document))


def _as_json(name: str, read: Carried | str) -> dict[str, Any]:
    return {"file": name, **(read.as_json() if isinstance(read, Carried) else {"error": read})}


def _as_text(name: str, read: Carried | str, language: Language) -> list[str]:
    if not isinstance(read, Carried):
        return [f"{name}: {read}"]
    values = {"file": name, "format": read.format, "version": read.version}
    values |= {
        "models": len(read.models),
        "corpora": len(read.names_of_corpora),
    }
    lost = [_LOST.filled(language, {"lost": ", ".join(read.lost)})] if read.lost else []
    return [_READ.filled(language, values), *lost]
