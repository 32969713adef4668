"""`import_model_card FILE…`: what model cards say, and a draft dossier with it."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.dossier.faults import Malformed, unreadable
from compliance.evidence.model_cards import with_card
from compliance.language import LANGUAGES, Bilingual, Language
from compliance.provenance.cards import Card, read_card
from compliance.provenance.drafting import Drafted, NoName, NoSuchModel

_LINES = (
    ("name", Bilingual("model", "模型")),
    ("base_models", Bilingual("base models", "基础模型")),
    ("relation", Bilingual("relation", "派生关系")),
    ("license", Bilingual("license", "许可协议")),
    ("datasets", Bilingual("datasets", "数据集")),
    ("languages", Bilingual("languages", "语言")),
    ("notes", Bilingual("notes", "说明")),
)
_NOTHING = Bilingual("not said", "未写明")
_WRITTEN = Bilingual("{file}: the model “{key}” is in {dossier} now.", "{file}：模型“{key}”已写入 {dossier}。")
_KEPT = Bilingual(
    "The dossier says otherwise and was kept: {fields}.", "以下字段与申报文件不一致，保留申报文件的内容：{fields}。"
)


class Command(BaseCommand):
    help = (
        "Read model cards of the Hugging Face Hub and say what was understood and what was not; with --dossier, make or "
        "extend the models of a draft dossier on disk. What the dossier says already stays. "
        "Exit status: 0, or 2 when a file could not be read."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--dossier", type=Path, metavar="DOSSIER.json", help="make or extend this dossier")
        parser.add_argument("--key", help="the model of the dossier that the card speaks of; default: by its name")
        parser.add_argument("--dry-run", action="store_true", help="tell what was understood and write nothing")
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--language", choices=LANGUAGES, default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        language: Language = options["language"]
        if not options["dry_run"] and not options["dossier"]:
            raise CommandError("Name the draft to extend with --dossier DOSSIER.json, or ask for --dry-run.")
        cards = [(file, _card(file)) for file in options["files"]]
        is_whole = all(isinstance(card, Card) for _, card in cards)
        if not options["dry_run"] and is_whole:
            self._write([(file, card) for file, card in cards if isinstance(card, Card)], options)
        told = [_told(file, card, language) for file, card in cards]
        if options["format"] == "json":
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n\n".join(_as_text(each, language) for each in told))
        sys.exit(0 if is_whole else 2)

    def _write(self, cards: list[tuple[str, Card]], options: dict[str, Any]) -> None:
        """Bring all cards into the draft, or none of them; the file is replaced at once."""
        path, language = options["dossier"], options["language"]
        text, told = path.read_bytes() if path.exists() else b"{}", []
        for file, card in cards:
            made, text = _extended(path, text, file, card, options)
            told.append(_WRITTEN.filled(language, {"file": file, "key": made.key, "dossier": path}))
            if made.kept:
                told.append(_KEPT.filled(language, {"fields": ", ".join(made.kept)}))
        beside = path.with_name(f"{path.name}.new")
        beside.write_bytes(text)
        beside.replace(path)
        self.stderr.write("\n".join(told))


def _extended(path: Path, text: bytes, file: str, card: Card, options: dict[str, Any]) -> tuple[Drafted, bytes]:
    try:
        return with_card(text, card, options["key"])
    except Malformed as error:
        fault = error.faults[0]
        message = f"{path}: {fault.at} {fault.message(options['language'])}\nNothing was written."
        raise CommandError(message) from error
    except NoSuchModel as error:
        raise CommandError(f"The dossier has no model “{error.key}”; it has {', '.join(error.keys)}.") from error
    except NoName as error:
        raise CommandError(f"{file} names no model. Say with --key which one of the dossier it is.") from error


def _card(file: str) -> Card | OSError:
    try:
        return read_card(Path(file).read_bytes(), file)
    except OSError as error:
        return error


def _told(file: str, card: Card | OSError, language: Language) -> dict[str, Any]:
    if isinstance(card, Card):
        return card.as_json(file, language)
    return Card().as_json(file, language) | {"notes": [unreadable(card).message(language)]}


def _as_text(told: dict[str, Any], language: Language) -> str:
    lines = [told["file"]]
    for name, words in _LINES:
        value = told[name]
        values = value if isinstance(value, list) else [value]
        if name == "notes":
            lines += [f"  · {note}" for note in values]
        else:
            shown = ", ".join(each for each in values if each) or _NOTHING.in_(language)
            lines.append(f"  {words.in_(language)}: {shown}")
    return "\n".join(lines)
