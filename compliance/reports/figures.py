"""The summary of a report: its figures and breakdowns, counted in one pass over its rows. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from compliance.reports.catalog import Breakdown, Chart, Figure, Report
from compliance.reports.scopes import Row

Number = int | float


@dataclass(slots=True)
class Group:
    """One group of a breakdown: its code, how many it has, and, if asked, how many of them are so, and a median."""

    name: str
    count: int
    part: int | None = None
    median: Number | None = None


@dataclass(slots=True)
class Summary:
    """The numbers of a report; a share without anything to share is None."""

    figures: dict[str, Number | None] = field(default_factory=dict)
    breakdowns: dict[str, list[Group]] = field(default_factory=dict)


def summarize(report: Report, rows: Iterable[Row]) -> Summary:
    """Count the figures and the breakdowns of a report."""
    figures = [_Counted(figure) for figure in report.figures]
    breakdowns = [_Grouped(breakdown) for breakdown in report.breakdowns]
    counters: list[_Counted | _Grouped] = [*figures, *breakdowns]
    for row in rows:
        for counter in counters:
            counter.add(row)
    return Summary(
        {counted.figure.name: counted.value for counted in figures},
        {grouped.breakdown.name: grouped.groups for grouped in breakdowns},
    )


class _Counted:
    """A figure while it is counted."""

    def __init__(self, figure: Figure) -> None:
        self.figure, self.count, self.whole, self.sum = figure, 0, 0, 0
        self.values: set[Any] = set()

    def add(self, row: Row) -> None:
        figure = self.figure
        if figure.share_of is not None and figure.share_of(row):
            self.whole += 1
        if not figure.where(row):
            return
        self.count += 1
        if figure.of:
            self.values.add(row.get(figure.of))
        elif figure.sum_of:
            self.sum += row.get(figure.sum_of) or 0

    @property
    def value(self) -> Number | None:
        if self.figure.share_of is not None:
            return round(100 * self.count / self.whole, 1) if self.whole else None
        if self.figure.of:
            return len(self.values)
        return self.sum if self.figure.sum_of else self.count


class _Grouped:
    """A breakdown while it is counted."""

    def __init__(self, breakdown: Breakdown) -> None:
        self.breakdown = breakdown
        self.counts: Counter[str] = Counter()
        self.parts: Counter[str] = Counter()
        self.values: dict[str, set[Any]] = defaultdict(set)
        self.measures: dict[str, list[Number]] = defaultdict(list)

    def add(self, row: Row) -> None:
        breakdown = self.breakdown
        if not breakdown.where(row):
            return
        for name in _groups_of(row, breakdown):
            self.counts[name] += 1
            if breakdown.of:
                self.values[name].add(row.get(breakdown.of))
            if breakdown.part is not None and breakdown.part(row):
                self.parts[name] += 1
            if breakdown.median_of and (measured := row.get(breakdown.median_of)) is not None:
                self.measures[name].append(measured)

    @property
    def groups(self) -> list[Group]:
        """The groups along time, or by descending count."""
        groups = [self._group(name) for name in self.counts]
        if self.breakdown.chart == Chart.COLUMNS:
            return sorted(groups, key=lambda group: group.name)
        return sorted(groups, key=lambda group: (-group.count, group.name))

    def _group(self, name: str) -> Group:
        breakdown = self.breakdown
        count = len(self.values[name]) if breakdown.of else self.counts[name]
        part = self.parts[name] if breakdown.part is not None else None
        measured = self.measures.get(name)
        return Group(name, count, part, round(median(measured), 1) if measured else None)


def _groups_of(row: Row, breakdown: Breakdown) -> Iterator[str]:
    found = row.get(breakdown.by) if isinstance(breakdown.by, str) else breakdown.by(row)
    if found is None or found == "":
        return
    if isinstance(found, str):
        yield found
    elif isinstance(found, Iterable):
        yield from dict.fromkeys(found)
    else:
        yield str(found)
