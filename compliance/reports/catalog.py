"""The catalog of reports: a decorator registers a function that yields the rows of a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from operator import methodcaller
from typing import Any

from compliance.language import Bilingual, Language
from compliance.reports.scopes import APPLICANT, KIND, PROVINCE, Row, Scope

Rows = Callable[[Scope], Iterator[Row]]
Where = Callable[[Row], bool]
LabelOf = Callable[[str], Bilingual | None]


def every_row(row: Row) -> bool:
    return True


class ColumnType(StrEnum):
    """What a column holds: it decides how a cell is written in a workbook, and how a page sorts it."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Column:
    """
    A column: its heading, its type, and what it means. `labels` gives the text of the code in a row; `of` names the key of
    the row, if it is not the name of the column; `text` makes the cell from the whole row.
    """

    name: str
    heading: Bilingual
    type: ColumnType = ColumnType.TEXT
    meaning: Bilingual | None = None
    labels: LabelOf | Mapping[str, Bilingual] | None = None
    of: str = ""
    text: Callable[[Row, Language], Any] | None = None
    # How wide it is on paper, where other columns are 1; 0 for the usual width of its type.
    width: float = 0

    def reader(self, language: Language) -> Callable[[Row], Any]:
        """Return a function that gives the value of a row in this column, as its reader sees it. A report calls it by the million."""
        if self.text is not None:
            text = self.text
            return lambda row: text(row, language)
        read = methodcaller("get", self.of or self.name)
        if self.labels is None:
            return read
        shown = _Shown(self.labels, language)
        return lambda row: shown[read(row)]


class _Shown(dict[Any, Any]):
    """The texts of codes in a language, looked up once each."""

    def __init__(self, labels: LabelOf | Mapping[str, Bilingual], language: Language) -> None:
        super().__init__({None: None, "": ""})
        self.labels, self.language = labels, language

    def __missing__(self, code: Any) -> Any:
        label = self.labels(code) if callable(self.labels) else self.labels.get(code)
        self[code] = code if label is None else label.in_(self.language)
        return self[code]


@dataclass(frozen=True, slots=True)
class Figure:
    """
    A number in the summary: how many rows there are, how many different values of a column (`of`), the sum of a column
    (`sum_of`), or, with `share_of`, the percentage of those rows.
    """

    name: str
    title: Bilingual
    where: Where = every_row
    of: str = ""
    sum_of: str = ""
    share_of: Where | None = None
    # Whether more of it is worse; None if neither.
    is_bad: bool | None = None


class Chart(StrEnum):
    """How a breakdown is drawn: bars in the order of their size, or columns along time."""

    BARS = "bars"
    COLUMNS = "columns"


@dataclass(frozen=True, slots=True)
class Breakdown:
    """
    The rows counted by what they have in common. `by` names a column or returns the groups of a row; `of` counts different
    values of a column. With `part`, each group also says how many of its rows are so; with `median_of`, the median of a
    column.
    """

    name: str
    title: Bilingual
    by: str | Callable[[Row], str | Iterable[str] | None]
    where: Where = every_row
    of: str = ""
    part: Where | None = None
    part_title: Bilingual | None = None
    median_of: str = ""
    median_title: Bilingual | None = None
    labels: LabelOf | Mapping[str, Bilingual] | None = None
    chart: Chart = Chart.BARS

    def label(self, name: str, language: Language) -> str:
        found = None
        if self.labels is not None:
            found = self.labels(name) if callable(self.labels) else self.labels.get(name)
        return name if found is None else found.in_(language)


@dataclass(frozen=True, slots=True)
class Table:
    """Some of the rows of a report with some of its columns, as a table of its own."""

    name: str
    title: Bilingual
    columns: tuple[Column, ...]
    where: Where


class Readers(StrEnum):
    """Who may read a report."""

    STAFF = "staff"
    STAFF_AND_ORGANIZATIONS = "staff_and_organizations"


@dataclass(frozen=True, slots=True)
class Report:
    """
    A report: its machine name, its texts, and the function that yields its rows for a scope. `sentence` is its summary in
    words, filled with its figures. The rows of a public report are for every reader.
    """

    name: str
    title: Bilingual
    description: Bilingual
    sentence: Bilingual
    columns: tuple[Column, ...]
    rows: Rows
    figures: tuple[Figure, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    parameters: tuple[str, ...] = (PROVINCE, APPLICANT, KIND)
    required: tuple[str, ...] = ()
    readers: Readers = Readers.STAFF_AND_ORGANIZATIONS
    is_public: bool = False
    is_weekly: bool = False
    # The columns on pages and paper, where all of them have no room; or tables of their own with some of the rows.
    paper: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    formats: tuple[str, ...] = field(default=("html", "pdf", "xlsx", "csv", "json"))


REPORTS: dict[str, Report] = {}


def report(name: str, **metadata: Any) -> Callable[[Rows], Rows]:
    """
    Register a function as the rows of a report; the metadata are the fields of `Report`. Raise ValueError when the name is
    taken. Each row has a `province` and a `uscc`, by which it is known who may see it.
    """

    def register(rows: Rows) -> Rows:
        if name in REPORTS:
            raise ValueError(f"Two reports have the name {name}.")
        REPORTS[name] = Report(name=name, rows=rows, **metadata)
        return rows

    return register


def in_this_order(*names: str) -> None:
    """Put the registered reports in an order; raise KeyError for a name that is not registered."""
    reports = [REPORTS.pop(name) for name in names]
    REPORTS.update((each.name, each) for each in reports)
