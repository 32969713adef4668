"""`import_model_card FILE…`: parse model cards and add them to a draft dossier."""

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
from compliance.management.draft_files import draft_text, not_extended, replace_draft
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
_NOTHING = Bilingual("not given", "未写明")
_WRITTEN = Bilingual("{file}: added the model “{key}” to {dossier}.", "{file}：模型“{key}”已写入 {dossier}。")
_KEPT = Bilingual(
    "The dossier has different values, which were kept: {fields}.",
    "以下字段与申报文件不一致，已保留申报文件的内容：{fields}。",
)


class Command(BaseCommand):
    help = (
        "Parse model cards of the Hugging Face Hub and report the result; with --dossier, create a draft dossier on disk or "
        "extend its models. Existing values of the dossier are kept. "
        "Exit status: 0, or 2 if a file could not be read."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--dossier", type=Path, metavar="DOSSIER.json", help="create or extend this dossier")
        parser.add_argument("--key", help="the key of the model that the card describes; default: by name")
        parser.add_argument("--dry-run", action="store_true", help="report the parsed content without writing anything")
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--language", choices=LANGUAGES, default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        language: Language = options["language"]
        if not options["dry_run"] and not options["dossier"]:
            raise CommandError("Give the draft to extend with --dossier DOSSIER.json, or use --dry-run.")
        cards = [(file, _card(file)) for file in options["files"]]
        all_read = all(isinstance(card, Card) for _, card in cards)
        if not options["dry_run"] and all_read:
            self._write([(file, card) for file, card in cards if isinstance(card, Card)], options)
        reports = [_as_json(file, card, language) for file, card in cards]
        if options["format"] == "json":
            self.stdout.write(json.dumps(reports, ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n\n".join(_as_text(each, language) for each in reports))
        sys.exit(0 if all_read else 2)

    def _write(self, cards: list[tuple[str, Card]], options: dict[str, Any]) -> None:
        """Add all cards to the draft, or none; the file is replaced atomically."""
        path, language = options["dossier"], options["language"]
        text, messages = draft_text(path), []
        for file, card in cards:
            draft, text = _extended(path, text, file, card, options)
            messages.append(_WRITTEN.filled(language, {"file": file, "key": draft.key, "dossier": path}))
            if draft.kept:
                messages.append(_KEPT.filled(language, {"fields": ", ".join(draft.kept)}))
        replace_draft(path, text)
        self.stderr.write("\n".join(messages))


def _extended(path: Path, text: bytes, file: str, card: Card, options: dict[str, Any]) -> tuple[Drafted, bytes]:
    try:
        return with_card(text, card, options["key"])
    except Malformed as error:
        raise not_extended(path, error, options["language"]) from error
    except NoSuchModel as error:
        raise CommandError(
            f"The dossier has no model with the key “{error.key}”. Its keys: {', '.join(error.keys)}."
        ) from error
    except NoName as error:
        raise CommandError(f"{file} does not name a model. Give the key of the model with --key.") from error


def _card(file: str) -> Card | OSError:
    try:
        return read_card(Path(file).read_bytes(), file)
    except OSError as error:
        return error


def _as_json(file: str, card: Card | OSError, language: Language) -> dict[str, Any]:
    if isinstance(card, Card):
        return card.as_json(file, language)
    return Card().as_json(file, language) | {"notes": [unreadable(card).message(language)]}


def _as_text(report: dict[str, Any], language: Language) -> str:
    lines = [report["file"]]
    for name, label in _LINES:
        value = report[name]
        values = value if isinstance(value, list) else [value]
        if name == "notes":
            lines += [f"  · {note}" for note in values]
        else:
            shown = ", ".join(each for each in values if each) or _NOTHING.in_(language)
            lines.append(f"  {label.in_(language)}: {shown}")
    return "\n".join(lines)
