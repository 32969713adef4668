"""Reading a published list, CSV or XLSX, into rows of cells by column, under any of the usual column headings."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from registry.names import folded

# The headings of each column in the announcements; width, spaces and case are ignored.
HEADINGS = {
    "announced": ("公告期次", "期次", "公告日期", "公告时间"),
    "batch": ("批次",),
    "list": ("清单名称", "清单"),
    "row_number": ("序号", "编号序号"),
    "place": ("属地", "备案属地", "登记属地", "所属地", "地区", "省份"),
    "kind": ("类型", "备案类型", "类别"),
    "title": (
        "模型名称",
        "大模型名称",
        "服务名称",
        "应用名称",
        "应用或功能名称",
        "应用/功能名称",
        "应用(功能)名称",
        "登记应用名称",
        "产品名称",
        "算法名称",
    ),
    "holder": (
        *("备案单位", "登记单位", "备案主体", "备案单位名称", "备案主体名称", "单位名称", "主体名称", "企业名称"),
        *("终端厂商", "终端企业", "服务提供者"),
    ),
    "number": (
        "备案编号",
        "备案号",
        "上线编号",
        "登记编号",
        "登记号",
        "编号",
        "备案编号/上线编号",
        "备案号/上线编号",
        "模型备案号",
        "算法备案编号",
        "算法备案号",
        "备案号/登记号",
    ),
    "issued_on": ("备案时间", "登记时间", "备案日期", "登记日期", "时间"),
    "algorithm_type": ("算法类别", "算法类型"),
    "role": ("角色",),
    "products": ("应用产品", "产品", "应用"),
    "purpose": ("主要用途", "用途"),
    "remark": ("备注", "说明"),
}


def _heading(cell: str) -> str:
    """Fold a heading and remove brackets with their contents, colons, stars, hashes and periods."""
    return re.sub(r"\(.*?\)|[:*#.]", "", folded(cell))


_COLUMN_OF = {_heading(name): column for column, names in HEADINGS.items() for name in names}
_DELIMITERS = ",;\t"
# A list may begin with a title; its headings are expected within this many rows.
TITLE_ROWS = 10
ENOUGH_HEADINGS = 3
MOST_ROWS = 100_000


class Unreadable(Exception):
    """A file that is not a published list; `en` and `zh` give the reason."""

    def __init__(self, en: str, zh: str, line: int = 1) -> None:
        super().__init__(en)
        self.en, self.zh, self.line = en, zh, line


@dataclass(frozen=True, slots=True)
class Row:
    """
    A row of a list: its line in the file, counted from 1, and its tidied cells by column. `list` is the title above the
    headings; `sheet` is the name of the sheet if the workbook has several.
    """

    line: int
    cells: dict[str, str]
    list: str = ""
    sheet: str = ""


def rows_of(path: Path) -> Iterator[Row]:
    """Read a list row by row. Raises Unreadable for a file that is not a list."""
    found = False
    for sheet, lines in _sheets(path):
        for row in _rows(lines, sheet):
            found = True
            if row.cells:
                yield row
    if not found:
        raise Unreadable(
            "No heading row was found: a list must have columns such as 备案编号, 备案单位 and 模型名称.",
            "未找到表头：清单应有备案编号、备案单位、模型名称等列。",
        )


def _rows(lines: Iterator[tuple[int, list[str]]], sheet: str) -> Iterator[Row]:
    """Yield a row without cells for each heading row, then the rows below it."""
    columns: list[str | None] | None = None
    title, first = "", TITLE_ROWS
    for line, cells in lines:
        if not any(cells):
            continue
        if headings := _columns(cells):
            columns = headings
            yield Row(line, {})
        elif columns is not None:
            yield Row(line, _named(columns, cells), title, sheet)
        elif first:
            # Text above the headings is the title of the list.
            first -= 1
            title = title or next(cell for cell in cells if cell)
        else:
            return


def _columns(cells: list[str]) -> list[str | None] | None:
    """Return the columns if this is a heading row, otherwise None. Of two equal columns the first counts."""
    named: list[str | None] = []
    for cell in cells:
        column = _COLUMN_OF.get(_heading(cell))
        named.append(None if column in named else column)
    known = {name for name in named if name}
    return named if len(known) >= ENOUGH_HEADINGS and "number" in known else None


def _named(columns: list[str | None], cells: list[str]) -> dict[str, str]:
    return {column: cell for column, cell in zip(columns, cells, strict=False) if column and cell} or {"beyond": ""}


def _sheets(path: Path) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    try:
        with path.open("rb") as file:
            begins = file.read(8)
    except OSError as error:
        raise Unreadable(f"The file cannot be read: {error.strerror}.", f"无法读取文件：{error.strerror}。") from error
    if begins.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            "This workbook is password-protected or in the old XLS format. Save it as XLSX without a password.",
            "该工作簿受密码保护或为旧格式（XLS）。请另存为不带密码的 XLSX。",
        )
    if begins.startswith(b"PK\x03\x04"):
        yield from _sheets_of_workbook(path)
    else:
        yield "", _lines_of_csv(path)


def _lines_of_csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(path.read_bytes())
    head = text[:4096]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=head.count))
    line = 1
    try:
        for cells in reader:
            yield line, [_tidy(cell) for cell in cells]
            # A cell may span several lines; the line of a row is the one on which it begins.
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"This is not a valid CSV file: {error}.", f"不是有效的 CSV 文件：{error}。", line) from error


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    if b"\0" in content[:4096] and encodings != ("utf-16",):
        raise Unreadable("The file is neither CSV nor XLSX.", "文件既不是 CSV 也不是 XLSX。")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("The text is neither UTF-8 nor GB18030.", "文本编码既不是 UTF-8 也不是 GB18030。")


def _sheets_of_workbook(path: Path) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    """Yield each sheet with its lines. Any exception of the library means that the workbook is damaged."""
    with path.open("rb") as file:
        try:
            workbook = load_workbook(file, read_only=True, data_only=True)
            sheets = workbook.worksheets
        except Exception as error:
            raise _damaged() from error
        for sheet in sheets:
            yield (sheet.title if len(sheets) > 1 else ""), _lines_of_sheet(sheet)


def _lines_of_sheet(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    filled = 0
    rows = sheet.iter_rows(values_only=True)
    for line in count(1):
        try:
            cells = next(rows, None)
        except Exception as error:
            raise _damaged(line) from error
        if cells is None:
            return
        texts = [_text(cell) for cell in cells]
        filled += any(texts)
        if filled > MOST_ROWS:
            raise Unreadable(f"The list has more than {MOST_ROWS} rows.", f"清单超过 {MOST_ROWS} 行。", line)
        yield line, texts


def _damaged(line: int = 1) -> Unreadable:
    return Unreadable("This is not a valid XLSX file, or it is damaged.", "不是有效的 XLSX 文件，或文件已损坏。", line)


def _text(cell: object) -> str:
    if isinstance(cell, datetime | date):
        return f"{cell.year}/{cell.month}/{cell.day}"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else _tidy(str(cell))


def _tidy(cell: str) -> str:
    """Remove surrounding spaces and invisible characters, and collapse inner spaces."""
    visible = "".join(
        character for character in cell if unicodedata.category(character) not in ("Cf", "Cc") or character in "\n\t\r"
    )
    return " ".join(visible.split())
