"""`import_dossiers PATH…`: import dossiers from disk as filings."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from compliance.api.problems import problem_of
from compliance.filings.importing import OPENED, REFUSED, ImportedDossier, files_in, import_dossier
from compliance.language import LANGUAGES, Bilingual
from registry.models import User

_OUTCOMES = {
    "opened": Bilingual("opened", "新建"),
    "known": Bilingual("already exists", "已存在"),
    "skipped": Bilingual("skipped, not a dossier", "跳过，不是申报文件"),
    "refused": Bilingual("refused", "不予接受"),
}
_DOCUMENTS = Bilingual(
    "documents uploaded: {uploaded}, not found: {missing}", "已上传材料 {uploaded} 份，未找到：{missing}"
)
_SUMMARY = Bilingual("Files: {files}. {counts}.", "文件 {files} 个：{counts}。")
_DRY = Bilingual("Dry run: nothing was stored.", "试运行：未保存任何内容。")


class Command(BaseCommand):
    help = (
        "Import dossiers (JSON files or folders) as filings, together with their documents from the folder `documents` next to "
        "them. Files that are not dossiers are reported and skipped. Exit status: 1 if a dossier was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--submit", action="store_true", help="submit each filing")
        parser.add_argument("--dry-run", action="store_true", help="report what would be done without storing anything")
        parser.add_argument("--documents", type=Path, metavar="FOLDER", help="the folder that contains the documents")
        parser.add_argument(
            "--by", metavar="USERNAME", help="file as this user; default: the service account of the command"
        )
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--language", choices=LANGUAGES, default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        by = self._user(options["by"])
        imported = []
        with override({"zh": "zh-hans"}.get(options["language"], "en")):
            for path in files_in(options["paths"]):
                imported.append(
                    import_dossier(
                        path,
                        by=by,
                        submit=options["submit"],
                        dry_run=options["dry_run"],
                        documents=options["documents"],
                        language=options["language"],
                    )
                )
                if options["format"] == "text":
                    self._report(imported[-1], options["language"])
            self._report_summary(imported, options)
        if any(each.outcome == REFUSED for each in imported):
            sys.exit(1)

    def _user(self, username: str | None) -> User | None:
        if username is None:
            return None
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"User {username} does not exist. Create the user in the admin, or omit --by.")
        return user

    def _report(self, each: ImportedDossier, language: Any) -> None:
        paint = self.style.SUCCESS if each.outcome == OPENED else self.style.WARNING
        outcome = paint(_OUTCOMES[each.outcome].in_(language))
        self.stdout.write(
            " ".join(filter(None, [f"{each.file}:", outcome, each.case_number, each.status, _reason(each)]))
        )
        if each.uploaded or each.missing:
            values = {"uploaded": each.uploaded, "missing": ", ".join(each.missing) or "–"}
            self.stdout.write("  " + _DOCUMENTS.filled(language, values))

    def _report_summary(self, imported: list[ImportedDossier], options: dict[str, Any]) -> None:
        language = options["language"]
        if options["format"] == "json":
            self.stdout.write(json.dumps([_as_json(each) for each in imported], ensure_ascii=False, indent=1))
            return
        counts = Counter(each.outcome for each in imported)
        outcomes = ", ".join(f"{_OUTCOMES[name].in_(language)} {count}" for name, count in counts.items())
        self.stdout.write(_SUMMARY.filled(language, {"files": len(imported), "counts": outcomes or "–"}))
        if options["dry_run"]:
            self.stdout.write(_DRY.in_(language))


def _reason(each: ImportedDossier) -> str:
    """Return why a file was skipped or refused, in the active language."""
    return problem_of(each.refusal).text if each.refusal else each.reason


def _as_json(each: ImportedDossier) -> dict[str, Any]:
    answer = {**asdict(each), "reason": _reason(each)}
    del answer["refusal"]
    return answer
