"""`check_filings`: check the filings that are due, without a worker."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from compliance.checking import check_filings
from compliance.checking.due_marks import recheck_everything
from compliance.checking.reconciling import parts_of
from compliance.language import LANGUAGES, Bilingual
from compliance.models import Filing, Flag, Level

_PROGRESS = Bilingual("checked {done} of {count}", "已检查 {done} / {count}")
_DONE = Bilingual(
    "Filings checked: {done}. Open flags: {error} errors, {warning} warnings, {info} notes for staff.",
    "已检查申报 {done} 件。待处理标记：错误 {error} 项，警告 {warning} 项，提示（仅供工作人员）{info} 项。",
)


class Command(BaseCommand):
    help = "Check the filings that are due; with --all, all filings in progress."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="check all filings in progress, due or not")
        parser.add_argument("--language", choices=LANGUAGES, default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        language = options["language"]
        if options["all"]:
            recheck_everything()
        keys = list(Filing.objects.due().order_by("pk").values_list("pk", flat=True))
        done = 0
        for part in parts_of(keys, settings.CHECK_CHUNK):
            done += check_filings.check_range(part[0], part[-1])
            self.stdout.write(_PROGRESS.filled(language, {"done": done, "count": len(keys)}))
        levels = {level: Flag.objects.open().filter(level=level).count() for level in Level.values}
        self.stdout.write(self.style.SUCCESS(_DONE.filled(language, {"done": done, **levels})))
