"""Reports as Excel workbooks: the summary, the rows with typed cells and filters, and the definitions of the columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

from django.utils import timezone
from rustpy_xlsxwriter import FastExcel, Format

from compliance.language import Bilingual
from compliance.reports.catalog import Chart, Column, ColumnType
from compliance.reports.presenting import ShownBreakdown, ShownReport, ShownTable

# What a workbook cannot hold (XML 1.0 §2.2).
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
LONGEST_CELL = 32_767
# A sheet holds so many links (Excel's specification); of more rows, the addresses are plain text.
MOST_LINKS = 65_000
_WIDTHS = {ColumnType.NUMBER: 12.0, ColumnType.DAY: 12.0, ColumnType.MOMENT: 20.0, ColumnType.LINK: 30.0}
_WIDE, _NARROW = 28.0, 18.0
_SUMMARY, _DEFINITIONS = Bilingual("Summary", "摘要"), Bilingual("Definitions", "说明")
_ROWS = Bilingual("Rows", "明细")
_COLUMN, _TYPE, _MEANING = (
    Bilingual("Column", "栏目"),
    Bilingual("Name in JSON", "JSON 字段名"),
    Bilingual("Meaning", "含义"),
)
_ITEM, _VALUE, _BEFORE = Bilingual("Item", "项目"), Bilingual("Value", "数值"), Bilingual("Period before", "上期")
_CHANGE = Bilingual("Change", "增减")
_NOT_IN_A_SHEET = re.compile(r"[\[\]:*?/\\']")


def write_workbook(shown: ShownReport, out: BinaryIO) -> None:
    """Write a workbook: a sheet with the summary, one for each table, one for each breakdown, and the definitions."""
    with NamedTemporaryFile(suffix=".xlsx") as file:
        _write(shown, file.name)
        copyfileobj(file, out)


def _write(shown: ShownReport, path: str) -> None:
    """Write the workbook to a file: in memory it would take twice its size."""
    language = shown.language
    head = Format().set_bold().set_background_color("#E8EEF9").set_border_bottom("thin")
    book = FastExcel(path).freeze(row=1)
    _add(book, _SUMMARY.in_(language), _summary(shown), shown, head, widths=[34.0, 60.0, 14.0, 14.0])
    for table in [shown.table()] if not shown.report.tables else [shown.table(), *shown.tables()]:
        name = _sheet_name(table.title if table.name else _ROWS.in_(language))
        _add_table(book, name, table, head, has_links=shown.written.row_count <= MOST_LINKS)
    for breakdown in shown.breakdowns:
        if breakdown.groups:
            _add_breakdown(book, breakdown, head)
    _add(book, _DEFINITIONS.in_(language), _definitions(shown), shown, head, widths=[28.0, 24.0, 90.0])
    book.save()


def _sheet_name(title: str) -> str:
    """Return a name that a sheet may have: at most 31 characters, without some of them."""
    return _NOT_IN_A_SHEET.sub(" ", title)[:31].strip()


def _add(
    book: FastExcel,
    name: str,
    rows: list[dict[str, Any]],
    shown: ShownReport,
    head: Format,
    *,
    widths: list[float],
) -> None:
    book.sheet(_sheet_name(name), rows, column_widths=widths, header_format=head)


def _summary(shown: ShownReport) -> list[dict[str, Any]]:
    language = shown.language
    keys = [label.in_(language) for label in (_ITEM, _VALUE, _BEFORE, _CHANGE)]

    def line(item: str, value: Any = "", before: Any = "", change: Any = "") -> dict[str, Any]:
        return dict(zip(keys, (item, value, before, change), strict=True))

    return [
        line(shown.title),
        *(line("", _text(sentence)) for sentence in shown.sentences),
        line(""),
        *(line(figure.title, figure.value, figure.before, figure.change) for figure in shown.figures),
        line(""),
        *(line(label, _text(text)) for label, text in shown.particulars),
    ]


def _definitions(shown: ShownReport) -> list[dict[str, Any]]:
    language = shown.language
    keys = [label.in_(language) for label in (_COLUMN, _TYPE, _MEANING)]
    return [
        dict(
            zip(
                keys,
                (
                    column.heading.in_(language),
                    column.name,
                    column.meaning.in_(language) if column.meaning else "",
                ),
                strict=True,
            )
        )
        for column in shown.report.columns
    ]


def _add_table(book: FastExcel, name: str, table: ShownTable, head: Format, *, has_links: bool) -> None:
    keys = _distinct(table.headings)
    types = [column.type for column in table.columns]
    empty = dict.fromkeys(keys)
    day, moment = Format().set_num_format("yyyy-mm-dd"), Format().set_num_format("yyyy-mm-dd hh:mm:ss")
    formats = {ColumnType.DAY: day, ColumnType.MOMENT: moment}
    links = [key for key, type in zip(keys, types, strict=True) if type == ColumnType.LINK]
    book.sheet(
        name,
        _records(keys, types, table) if _has_rows(table) else [empty],
        column_widths=[_width(column) for column in table.columns],
        column_formats={key: formats[type] for key, type in zip(keys, types, strict=True) if type in formats},
        url_columns=links if has_links and links else None,
        header_format=head,
        autofilter=True,
    )


def _has_rows(table: ShownTable) -> bool:
    return next(table.rows(), None) is not None


def _records(keys: list[str], types: list[ColumnType], table: ShownTable) -> Iterator[dict[str, Any]]:
    for cells in table.rows():
        yield {key: _typed(cell, type) for key, cell, type in zip(keys, cells, types, strict=True)}


def _distinct(headings: list[str]) -> list[str]:
    """Return headings as keys of a record: one that occurs again gets a number."""
    keys: list[str] = []
    for heading in headings:
        keys.append(heading if heading not in keys else f"{heading} {keys.count(heading) + 1}")
    return keys


def _width(column: Column) -> float:
    return _WIDTHS.get(column.type, _WIDE if column.labels is None else _NARROW)


def _typed(cell: Any, type: ColumnType) -> Any:
    """Return a cell as a workbook holds it: days and moments as such, everything that was written as text as text."""
    if cell is None or cell == "":
        return None
    if type == ColumnType.DAY:
        day = date.fromisoformat(cell)
        # A workbook knows no day before 1900.
        return day if day.year >= 1900 else cell
    if type == ColumnType.MOMENT:
        return timezone.localtime(datetime.fromisoformat(cell)).replace(tzinfo=None, microsecond=0)
    if type == ColumnType.NUMBER:
        # Beyond 15 digits a workbook rounds; such a number is written as text, with all of them.
        return cell if isinstance(cell, float) or abs(cell) < 10**15 else str(cell)
    return _text(cell)


def _text(cell: Any) -> str:
    return _NOT_IN_XML.sub("", str(cell))[:LONGEST_CELL]


def _add_breakdown(book: FastExcel, breakdown: ShownBreakdown, head: Format) -> None:
    keys = _distinct(breakdown.headings)
    rows = [dict(zip(keys, [_text(label), *numbers], strict=True)) for label, *numbers in breakdown.cells]
    chart = {
        "type": "column" if breakdown.chart == Chart.COLUMNS else "bar",
        "series": [keys[1]],
        "categories": keys[0],
        "title": breakdown.title,
        "legend": False,
        "width": 620,
        "height": 80 + 28 * max(len(rows), 6),
    }
    book.sheet(
        _sheet_name(breakdown.title),
        rows,
        column_widths=[44.0, *(14.0 for _ in keys[1:])],
        header_format=head,
        charts=[chart],
    )
