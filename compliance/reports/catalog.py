"""The catalog of reports: a decorator registers a function that yields the rows of a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from compliance.language import Bilingual
from compliance.reports.periods import Period

Rows = Callable[[Period], Iterator[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its machine name, its title and description, and the function that yields its rows for a period."""

    name: str
    title: Bilingual
    description: Bilingual
    rows: Rows


REPORTS: dict[str, Report] = {}


def weekly_report(name: str, *, title: Bilingual, description: Bilingual) -> Callable[[Rows], Rows]:
    """Register a function as the rows of a weekly report; raise ValueError when the name is taken."""

    def register(rows: Rows) -> Rows:
        if name in REPORTS:
            raise ValueError(f"Two reports have the name {name}.")
        REPORTS[name] = Report(name, title, description, rows)
        return rows

    return register
