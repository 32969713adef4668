"""`verify_history`: verify the history and the log of changes by their hashes, and report every altered row."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.filings.history import anchors
from compliance.filings.history.verification import faults_of_history, head_of_history
from compliance.filings.history.wording import described, misfit_text
from compliance.language import LANGUAGES, Bilingual, Language
from compliance.models import Event, Filing, Revision
from registry.audit.verification import faults_of_log
from registry.models import AuditEvent

_SOUND = Bilingual(
    "The history is intact: {filings} filings, {events} events, {revisions} revisions, {changes} changes of users and reference data. "
    "Head: {head}",
    "历史记录完整：申报 {filings} 件，事件 {events} 条，版本 {revisions} 个，用户和参考数据变更 {changes} 条。摘要：{head}",
)
_FAULTS = Bilingual("Faults: {count}.", "异常 {count} 处。")
_FIT = Bilingual("{count} anchors fit, from {first} to {last}.", "{count} 个锚点相符，自 {first} 至 {last}。")


class Command(BaseCommand):
    help = (
        "Verify the hash chains of all events and revisions, what follows from them (dates, applicants, official numbers, documents, "
        "missing filings), and the log of changes of users, roles, tokens and reference data. Exit status: 1 if a row was changed, "
        "removed or inserted. Keep the anchors of write_anchor elsewhere: they show since when something differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--language", choices=LANGUAGES, default="en")
        parser.add_argument("--anchors", type=Path, metavar="FILE", help="compare with the anchors of this file")
        parser.add_argument("--files", action="store_true", help="read the file of each document as well")

    def handle(self, *args: Any, **options: Any) -> None:
        language = options["language"]
        found = [fault.describe(language) for fault in faults_of_history(with_files=options["files"])]
        found += [described(fault, language) for fault in faults_of_log()]
        found += self._compared(options["anchors"], language) if options["anchors"] else []
        for text in found:
            self.stdout.write(self.style.ERROR(text))
        if found:
            self.stdout.write(_FAULTS.filled(language, {"count": len(found)}))
            sys.exit(1)
        counts = {kind._meta.model_name + "s": kind.objects.count() for kind in (Filing, Event, Revision)}
        counts["changes"] = AuditEvent.objects.count()
        self.stdout.write(self.style.SUCCESS(_SOUND.filled(language, {**counts, "head": head_of_history()})))

    def _compared(self, path: Path, language: Language) -> list[str]:
        try:
            kept = anchors.read_anchors(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(
                f"{path} cannot be read: {error.strerror}. Give the file that write_anchor writes."
            ) from error
        except (anchors.Unreadable, UnicodeDecodeError) as error:
            raise CommandError(
                f"{path} is no file of anchors ({error}). Give the file that write_anchor writes."
            ) from error
        misfit = anchors.misfit_of(kept)
        if misfit:
            return [misfit_text(misfit, language)]
        if kept:
            values = {"count": len(kept), "first": kept[0].until, "last": kept[-1].until}
            self.stdout.write(_FIT.filled(language, values))
        return []
