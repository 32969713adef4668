"""Reports as a web page of its own, and what the pages of desk and workspace show of a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, BinaryIO

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from compliance.reports.catalog import Column, ColumnType
from compliance.reports.charts import svg_of
from compliance.reports.formats.cells import shown_cell
from compliance.reports.presenting import ShownBreakdown, ShownReport, ShownTable

# A page on the screen shows so many rows of a table; the downloads have all.
MOST_ON_A_PAGE = 500
_SHORT = "report-nowrap"
_STYLES = {ColumnType.NUMBER: "desk-number", ColumnType.DAY: _SHORT, ColumnType.MOMENT: _SHORT}
_TAGS = {"en": "en", "zh": "zh-hans"}


@dataclass(frozen=True, slots=True)
class _Head:
    heading: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of a page: its text, and the value by which the column is sorted."""

    text: str | SafeString
    sort: str
    style: str


@dataclass(frozen=True, slots=True)
class _PageTable:
    name: str
    title: str
    heads: list[_Head]
    rows: list[list[_Cell]]
    left_out: int


@dataclass(frozen=True, slots=True)
class _PageChart:
    breakdown: ShownBreakdown
    svg: SafeString


def write_page(shown: ShownReport, out: BinaryIO) -> None:
    """Write a self-contained page, with all rows."""
    with override(_TAGS[shown.language]):
        context = {**context_of(shown, most=None), "style": _static("desk.css"), "script": _static("report.js")}
        out.write(render_to_string("compliance/report.html", context).encode())


def context_of(shown: ShownReport, *, most: int | None = MOST_ON_A_PAGE) -> dict[str, Any]:
    """Return the context of the template `compliance/report_body.html`; None shows all rows."""
    return {
        "shown": shown,
        "language_tag": _TAGS[shown.language],
        "charts": [_chart(breakdown) for breakdown in shown.breakdowns],
        "tables": [_table(table, most, shown) for table in shown.tables()],
    }


def _chart(breakdown: ShownBreakdown) -> _PageChart:
    # The texts in it are escaped where it is drawn.
    return _PageChart(breakdown, mark_safe(svg_of(breakdown)))  # noqa: S308


def _table(table: ShownTable, most: int | None, shown: ShownReport) -> _PageTable:
    heads = [
        _Head(head, column.type == ColumnType.NUMBER)
        for head, column in zip(table.headings, table.columns, strict=True)
    ]
    rows = [_cells(cells, table.columns, link) for cells, link in islice(_with_links(table), most)]
    left_out = 0 if most is None or len(rows) < most else table.count() - len(rows)
    return _PageTable(table.name, table.title, heads, rows, left_out)


def _with_links(table: ShownTable) -> Iterator[tuple[list[Any], str]]:
    links = table.links()
    for cells in table.rows():
        yield cells, next(links) or ""


def _cells(cells: list[Any], columns: list[Column], link: str) -> list[_Cell]:
    return [_cell(cell, column, link) for cell, column in zip(cells, columns, strict=True)]


def _cell(cell: Any, column: Column, link: str) -> _Cell:
    text: str | SafeString = shown_cell(cell, column)
    if column.name == "case_number" and link:
        text = format_html('<a class="desk-link" href="{}">{}</a>', link, text)
    return _Cell(
        text, "" if cell is None else str(cell), _STYLES.get(column.type, _SHORT if 0 < column.width < 1 else "")
    )


@cache
def _static(name: str) -> SafeString:
    """Return a file of the project's own, to be embedded in a page."""
    return mark_safe((settings.ROOT / "static" / name).read_text())  # noqa: S308
