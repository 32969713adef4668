"""`verify_history`: verify the history by its hashes and report every altered row."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from compliance.filings.history.verification import faults_of_history, head_of_history
from compliance.language import LANGUAGES, Bilingual
from compliance.models import Event, Filing, Revision

_SOUND = Bilingual(
    "The history is intact: {filings} filings, {events} events, {revisions} revisions. Head: {head}",
    "历史记录完整：申报 {filings} 件，事件 {events} 条，版本 {revisions} 个。摘要：{head}",
)
_FAULTS = Bilingual("Faults: {count}.", "异常 {count} 处。")


class Command(BaseCommand):
    help = (
        "Verify the hash chain of all events and revisions. Exit status: 1 if a row was changed, removed or inserted. "
        "Store the printed head elsewhere: it shows later whether events at the end were removed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--language", choices=LANGUAGES, default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        language, faults = options["language"], faults_of_history()
        for fault in faults:
            self.stdout.write(self.style.ERROR(fault.describe(language)))
        if faults:
            self.stdout.write(_FAULTS.filled(language, {"count": len(faults)}))
            sys.exit(1)
        counts = {kind._meta.model_name + "s": kind.objects.count() for kind in (Filing, Event, Revision)}
        self.stdout.write(self.style.SUCCESS(_SOUND.filled(language, {**counts, "head": head_of_history()})))
