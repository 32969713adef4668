"""`check_dossier FILE…`: check dossiers on disk against the rules, without a database."""

from __future__ import annotations

import argparse
import json
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from compliance.dossier.days import day_from
from compliance.language import LANGUAGES, Language
from compliance.linting.data import as_json, as_sarif
from compliance.linting.files import CheckedFile, CheckOptions, check_file, json_files, selected_rules
from compliance.linting.text import as_text, explained
from compliance.rules.catalog import CATALOG


class Command(BaseCommand):
    help = (
        "Check dossiers against the rules. A folder stands for all .json files in it, recursively. Exit status: 0 without "
        "errors, 1 with errors, 2 if a file is malformed; the worst file decides."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", metavar="FILE", help="a file or a folder")
        parser.add_argument(
            "--as-of", type=_day, metavar="DATE", help="check as of this day (YYYY-MM-DD); default: today"
        )
        parser.add_argument("--compare-to", type=_day, metavar="DATE", help="also list what changes by this day")
        parser.add_argument("--select", type=_codes, action="extend", default=[], metavar="CODES", help=_CODES_HELP)
        parser.add_argument(
            "--ignore", type=_codes, action="extend", default=[], metavar="CODES", help="exclude these rules"
        )
        parser.add_argument("--explain", metavar="CODE", help="explain a rule, such as COR-05, without checking files")
        parser.add_argument("--format", choices=("text", "json", "sarif"), default="text")
        parser.add_argument("--language", choices=LANGUAGES, default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["explain"]:
            self._explain(options["explain"].upper(), options["language"])
            return
        if not options["files"]:
            raise CommandError("Give a file or a folder to check, or a rule with --explain.")
        if options["compare_to"] and options["format"] == "sarif":
            raise CommandError("The SARIF format covers one day; use --format text or json with --compare-to.")
        check_options = CheckOptions(options["as_of"] or timezone.localdate(), options["compare_to"], _rules(options))
        checked = [check_file(path, str(path), check_options) for path in json_files(options["files"])]
        self.stdout.write(self._report(checked, options["format"], options["language"]))
        sys.exit(max(file.exit_status for file in checked))

    def _report(self, checked: list[CheckedFile], form: str, language: Language) -> str:
        if form == "text":
            return as_text(checked, language, self.style)
        found = as_sarif(checked, language) if form == "sarif" else [as_json(file, language) for file in checked]
        return json.dumps(found, ensure_ascii=False, indent=1)

    def _explain(self, code: str, language: Language) -> None:
        rule = next((rule for rule in CATALOG if rule.code == code), None)
        if rule is None:
            raise CommandError(f"Rule {code} does not exist. Codes look like COR-05; docs/rules.md lists all rules.")
        self.stdout.write(explained(rule, language, self.style))


_CODES_HELP = "only these rules: codes or families, separated by commas, such as COR,DOC-02"


def _rules(options: dict[str, Any]) -> frozenset[str] | None:
    try:
        return selected_rules(options["select"], options["ignore"])
    except ValueError as error:
        raise CommandError(str(error)) from error


def _codes(text: str) -> list[str]:
    return [code.strip() for code in text.split(",") if code.strip()]


def _day(text: str) -> date:
    try:
        return day_from(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
