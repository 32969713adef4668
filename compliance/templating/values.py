"""What letters and reports give to their templates."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from compliance.models import Letter
from compliance.reports import definitions
from compliance.reports.catalog import REPORTS, Column, Report
from compliance.reports.presenting import ShownReport, ShownTable
from compliance.reports.scopes import APPLICANT
from compliance.reports.shown import shown_moment
from compliance.templating.fields import sample_of
from registry.models import Organization

assert definitions  # importing the package registers the reports


def values_of_letter(letter: Letter) -> dict[str, Any]:
    filing = letter.filing
    return {
        "title": letter.title,
        "number": letter.number,
        "applicant": filing.applicant.name,
        "uscc": filing.applicant.uscc or "",
        "case_number": filing.case_number,
        "service": filing.service_name,
        "particulars": [{"label": label, "value": value} for label, value in letter.particulars],
        "opening": letter.opening.splitlines(),
        "points": [
            {
                "number": number,
                "place": point["place"],
                "rule": point["rule"],
                "text": point["text"],
                "law": point["law"],
            }
            for number, point in enumerate(letter.points, 1)
        ],
        "closing": letter.closing.splitlines(),
        "due_on": letter.due_on.isoformat() if letter.due_on else "",
        "signed": letter.signed,
        "day": timezone.localtime(letter.at).date().isoformat(),
    }


def values_of_report(shown: ShownReport) -> dict[str, Any]:
    """Return the values of a bulletin or a scorecard; what the other one has is left out by their templates."""
    uscc = shown.written.parameters.get(APPLICANT, "")
    organization = Organization.objects.filter(uscc=uscc).first() if uscc else None
    return {
        "title": shown.title,
        "period": shown.period,
        "written_at": shown_moment(shown.written.written_at),
        "sha256": shown.written.sha256,
        "sentences": shown.sentences,
        "figures": [
            {
                "title": figure.title,
                "value": figure.shown,
                "before": "–" if figure.before is None else f"{figure.before:,}",
                "change": figure.shown_change,
            }
            for figure in shown.figures
        ],
        "tables": [
            {"title": table.title, "headings": table.headings, "rows": _rows(table, shown)} for table in shown.tables()
        ],
        "organization": organization.name if organization else "",
        "uscc": uscc,
        "filings": _rows(shown.table(), shown),
    }


def _rows(table: ShownTable, shown: ShownReport) -> list[dict[str, Any]]:
    """Return the rows of a table, each with the names of all columns of the report, so that a template can use any of them."""
    readers = {column.name: shown.reader(column) for column in _columns_of(shown.report)}
    return [{name: _text(read(row)) for name, read in readers.items()} for row in table.raw()]


def _text(cell: Any) -> Any:
    return "" if cell is None else cell


def _columns_of(report: Report) -> list[Column]:
    """Return the columns of a report and of its tables, each name once."""
    listed = [*report.columns, *(column for table in report.tables for column in table.columns)]
    return list({column.name: column for column in listed}.values())


def sample_values(purpose: str) -> dict[str, Any]:
    """Return sample values of all fields of a purpose; the rows have all columns of the report."""
    sample = sample_of(purpose)
    if purpose not in REPORTS:
        return sample
    row = {column.name: column.heading.zh for column in _columns_of(REPORTS[purpose])}
    if "tables" in sample:
        sample["tables"] = [{**table, "rows": [row]} for table in sample["tables"]]
    if "filings" in sample:
        sample["filings"] = [row]
    return sample
