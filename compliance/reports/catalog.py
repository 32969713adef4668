"""The definitions of the reports: a decorator with what is known of one, over a function that yields its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from compliance.language import Bilingual
from compliance.reports.periods import Period

Rows = Callable[[Period], Iterator[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its name for programs, its title, what it tells, and whose rows make it."""

    name: str
    title: Bilingual
    tells: Bilingual
    rows: Rows


REPORTS: dict[str, Report] = {}


def weekly_report(name: str, *, title: Bilingual, tells: Bilingual) -> Callable[[Rows], Rows]:
    """Enter a function into the timetable as the rows of a weekly report; ValueError when the name is taken."""

    def enter(rows: Rows) -> Rows:
        if name in REPORTS:
            raise ValueError(f"Two reports have the name {name}.")
        REPORTS[name] = Report(name, title, tells, rows)
        return rows

    return enter
