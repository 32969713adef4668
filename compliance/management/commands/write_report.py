"""`write_report`: write a report of any period to a file, or list the reports."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError

from compliance.dossier.days import day_from
from compliance.language import language_of
from compliance.reports import definitions
from compliance.reports.catalog import REPORTS, Report
from compliance.reports.formats import FORMATS, TooManyRows, formats_of, write_report
from compliance.reports.periods import Period, days_between
from compliance.reports.presenting import show
from compliance.reports.scopes import PARAMETERS, ParameterRefused, Scope, checked_parameters
from compliance.reports.written import write_unstored
from compliance.templating.rendering import TemplateRefused
from compliance.typesetting.pdf import NotSet

assert definitions  # importing the package registers the reports

_LISTED = ("text", "json")


class Command(BaseCommand):
    help = (
        "Write a report of a period, as the history tells it. The period includes the day --from and excludes the day --to, "
        "both in Asia/Shanghai. --list shows the reports with their formats and parameters."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", help="the name of the report; see --list")
        parser.add_argument("--list", action="store_true", help="list the reports (--format text or json)")
        parser.add_argument("--from", dest="first", metavar="DAY", help="the first day of the period (YYYY-MM-DD)")
        parser.add_argument(
            "--to", dest="end", metavar="DAY", help="the day after the last one of the period (YYYY-MM-DD)"
        )
        parser.add_argument("--format", help=f"one of {', '.join(FORMATS)}; by default the ending of the file, or csv")
        parser.add_argument("--language", default="en", choices=["en", "zh"], help="the language of the report")
        parser.add_argument(
            "--parameter",
            action="append",
            default=[],
            metavar="K=V",
            help=f"one of {', '.join(PARAMETERS)}; repeatable",
        )
        parser.add_argument(
            "-o", "--output", type=Path, metavar="FILE", help="the file to write; by default the output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            self._list(options["format"] or "text", options["language"])
            return
        report = _report(options["name"])
        format = _format(report, options["format"], options["output"])
        scope = Scope(_period(options["first"], options["end"]), _parameters(report, options))
        shown = show(write_unstored(report, scope), options["language"])
        try:
            _write(shown, format, options["output"])
        except (TooManyRows, TemplateRefused) as error:
            raise CommandError(error.text.in_(language_of(options["language"]))) from error
        except NotSet as error:
            raise CommandError(f"The paper could not be set. Choose another format. {error}") from error
        except OSError as error:
            raise CommandError(
                f"{options['output']} could not be written: {error.strerror}. Nothing was kept."
            ) from error

    def _list(self, format: str, language: str) -> None:
        if format not in _LISTED:
            raise CommandError(f"--list has the formats {' and '.join(_LISTED)}, not {format}.")
        listed = [_described(report, language) for report in REPORTS.values()]
        if format == "json":
            self.stdout.write(json.dumps(listed, ensure_ascii=False, indent=1))
            return
        for each in listed:
            self.stdout.write(f"{each['name']}: {each['title']}")
            self.stdout.write(f"  {', '.join(each['formats'])}; {', '.join(p['name'] for p in each['parameters'])}")


def _described(report: Report, language: str) -> dict[str, Any]:
    return {
        "name": report.name,
        "title": report.title.in_(language_of(language)),
        "formats": list(report.formats),
        "parameters": [
            {
                "name": name,
                "title": PARAMETERS[name].title.in_(language_of(language)),
                "required": name in report.required,
                "values": list(PARAMETERS[name].choices) or None,
            }
            for name in report.parameters
        ],
    }


def _report(name: str | None) -> Report:
    if name not in REPORTS:
        raise CommandError(f"There is no report {name!r}. Choose one of: {', '.join(REPORTS)}.")
    return REPORTS[name]


def _format(report: Report, given: str | None, output: Path | None) -> str:
    format = given or (output.suffix.removeprefix(".").lower() if output and output.suffix else "csv")
    if format not in report.formats:
        listed = ", ".join(each.name for each in formats_of(report))
        raise CommandError(f"{report.name} cannot be written as {format!r}. Choose one of: {listed}.")
    return format


def _period(first: str | None, end: str | None) -> Period:
    if not first or not end:
        raise CommandError("Give the period: --from the first day, --to the day after the last one, as YYYY-MM-DD.")
    try:
        return days_between(day_from(first), day_from(end))
    except ValueError as error:
        raise CommandError(
            f"{error} Give --from and --to as YYYY-MM-DD; --to is the day after the last one."
        ) from error


def _parameters(report: Report, options: dict[str, Any]) -> dict[str, str]:
    pairs = [text.partition("=") for text in options["parameter"]]
    for name, equals, _value in pairs:
        if not equals or name not in report.parameters:
            raise CommandError(f"--parameter {name}: give one of {', '.join(report.parameters)} as name=value.")
    try:
        return checked_parameters({name: value for name, _equals, value in pairs}, required=report.required)
    except ParameterRefused as error:
        raise CommandError(error.text.in_(language_of(options["language"]))) from error


def _write(shown: Any, format: str, output: Path | None) -> None:
    """Write to a file of its own beside the output, which replaces it only when it is whole."""
    if output is None:
        write_report(shown, format, sys.stdout.buffer)
        return
    path = output.resolve().parent / f".{output.name}.{uuid4().hex}"
    try:
        with path.open("xb") as file:
            write_report(shown, format, file)
        path.replace(output)
    finally:
        path.unlink(missing_ok=True)
