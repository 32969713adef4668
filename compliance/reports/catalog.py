"""The catalog of reports: a decorator registers a function that yields the rows of a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from compliance.language import Bilingual, Language
from compliance.reports.periods import Period

Row = dict[str, Any]
Rows = Callable[[Period], Iterator[Row]]
Labels = Callable[[Row, Language], Row]
Summary = Callable[[list[Row], Language], dict[str, Any]]
TABLE = "compliance/report_table.html"


def no_labels(row: Row, language: Language) -> Row:
    return {}


def no_summary(rows: list[Row], language: Language) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Report:
    """
    A report: its machine name, its texts, and the function that yields its rows for a period. `columns` are the names
    of the columns with their headings. `labels` gives texts in the language of the reader: the one under `<column>_label`
    is shown in place of the code in that column. `body` is the template of its page; `summarize` gives its `summary`.
    """

    name: str
    title: Bilingual
    description: Bilingual
    rows: Rows
    columns: dict[str, Bilingual]
    labels: Labels
    summarize: Summary
    body: str


REPORTS: dict[str, Report] = {}


def weekly_report(
    name: str,
    *,
    title: Bilingual,
    description: Bilingual,
    columns: dict[str, Bilingual],
    labels: Labels = no_labels,
    summarize: Summary = no_summary,
    body: str = TABLE,
) -> Callable[[Rows], Rows]:
    """
    Register a function as the rows of a weekly report; raise ValueError when the name is taken. Each row has a
    `province`, since reviewers see the rows of their own provinces only.
    """

    def register(rows: Rows) -> Rows:
        if name in REPORTS:
            raise ValueError(f"Two reports have the name {name}.")
        REPORTS[name] = Report(name, title, description, rows, columns, labels, summarize, body)
        return rows

    return register
