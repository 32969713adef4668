"""`flag_table`: print the unresolved flags as a table."""

from __future__ import annotations

import unicodedata
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from compliance.language import LANGUAGES
from compliance.models import Filing, Flag
from compliance.rules.wording import describe


class Command(BaseCommand):
    help = "Print the unresolved flags of all filings. With --when-checked, print nothing while a check is due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--when-checked", action="store_true")
        parser.add_argument("--language", choices=LANGUAGES, default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["when_checked"] and Filing.objects.due().exists():
            return
        flags = Flag.objects.unresolved().select_related("filing").order_by("filing_id", "level", "rule")
        rows = [self._row(flag, options["language"]) for flag in flags]
        for line in _table([("filing", "service", "rule", "level", "at", "fault"), *rows]):
            self.stdout.write(line)

    def _row(self, flag: Flag, language: Any) -> tuple[str, ...]:
        title = describe(flag.finding, language)["title"]
        return flag.filing.case_number, flag.filing.service_name, flag.rule, flag.level, flag.at, title


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell + " " * (widths[i] - _width(cell)) for i, cell in enumerate(row)).rstrip() for row in rows]


def _width(text: str) -> int:
    """Return the terminal width of a text; a Chinese character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
