"""What letters and reports give to their templates."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from compliance.models import Letter
from compliance.reports.presenting import ShownReport, ShownTable, shown_moment
from compliance.reports.scopes import APPLICANT
from registry.models import Organization


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
            {"title": table.title, "headings": table.headings, "rows": _rows(table)} for table in shown.tables()
        ],
        "organization": organization.name if organization else "",
        "uscc": uscc,
        "filings": _rows(shown.table()),
    }


def _rows(table: ShownTable) -> list[dict[str, Any]]:
    names = [column.name for column in table.columns]
    return [
        {name: "" if cell is None else cell for name, cell in zip(names, cells, strict=True)} for cells in table.rows()
    ]
