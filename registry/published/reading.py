"""Reading a published list: CSV or XLSX into rows of named cells, whatever its announcement calls the columns."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from registry.names import folded

# What the announcements call each column; a heading is compared without width, blanks and case.
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
    "holder": ("备案单位", "登记单位", "备案主体", "备案单位名称", "单位名称", "主体名称", "企业名称"),
    "number": ("备案编号", "备案号", "上线编号", "登记编号", "登记号", "编号", "备案编号/上线编号", "备案号/上线编号"),
    "issued_on": ("备案时间", "登记时间", "备案日期", "登记日期", "时间"),
    "algorithm_type": ("算法类别", "算法类型"),
    "role": ("角色",),
    "products": ("应用产品", "产品", "应用"),
    "purpose": ("主要用途", "用途"),
    "remark": ("备注", "说明"),
}
_COLUMN_OF = {folded(name): column for column, names in HEADINGS.items() for name in names}
# A list may begin with its title; its headings come within so many rows.
TITLE_ROWS = 10
ENOUGH_HEADINGS = 3
MOST_ROWS = 100_000


class Unreadable(Exception):
    """A file that is no published list; `reason` says why, in both languages."""

    def __init__(self, en: str, zh: str, line: int = 1) -> None:
        super().__init__(en)
        self.en, self.zh, self.line = en, zh, line


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list: its line in the file, from 1, and its cells by column, tidied."""

    line: int
    cells: dict[str, str]


def rows_of(path: Path) -> Iterator[Row]:
    """Read a list row by row. Raises Unreadable for what is none."""
    lines = _lines(path)
    columns: list[str | None] | None = None
    for line, cells in lines:
        if columns is None:
            columns = _columns(cells)
            if columns is None and line >= TITLE_ROWS:
                break
        elif any(cells):
            if _columns(cells):
                continue
            yield Row(line, _named(columns, cells))
    if columns is None:
        raise Unreadable(
            "No row of headings was found: a list has columns such as 备案编号, 备案单位 and 模型名称.",
            "未找到表头：清单应有备案编号、备案单位、模型名称等列。",
        )


def _columns(cells: list[str]) -> list[str | None] | None:
    """Read a row as headings; None when it is not one."""
    named = [_COLUMN_OF.get(folded(cell)) for cell in cells]
    known = {name for name in named if name}
    return named if len(known) >= ENOUGH_HEADINGS and "number" in known else None


def _named(columns: list[str | None], cells: list[str]) -> dict[str, str]:
    named = {column: cell for column, cell in zip(columns, cells, strict=False) if column and cell}
    beyond = [cell for cell in cells[len(columns) :] if cell]
    return named | ({"beyond": " ".join(beyond)} if beyond else {})


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        begins = path.open("rb").read(4)
    except OSError as error:
        raise Unreadable(f"The file cannot be read: {error.strerror}.", f"无法读取文件：{error.strerror}。") from error
    return _lines_of_workbook(path) if begins == b"PK\x03\x04" else _lines_of_csv(path)


def _lines_of_csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(path.read_bytes())
    reader = csv.reader(io.StringIO(text, newline=""))
    line = 1
    try:
        for cells in reader:
            yield line, [_tidy(cell) for cell in cells]
            # A cell may run over several lines; a row is named by the one on which it begins.
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"This is no CSV file: {error}.", f"不是有效的 CSV 文件：{error}。", line) from error


def _decoded(content: bytes) -> str:
    if b"\0" in content[:4096]:
        raise Unreadable("This is neither CSV nor XLSX.", "文件既不是 CSV 也不是 XLSX。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("The text is neither UTF-8 nor GB18030.", "文本编码既不是 UTF-8 也不是 GB18030。")


def _lines_of_workbook(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
        for line, cells in enumerate(workbook.active.iter_rows(values_only=True), start=1):
            if line > MOST_ROWS:
                raise Unreadable(f"The list has more than {MOST_ROWS} rows.", f"清单超过 {MOST_ROWS} 行。", line)
            yield line, [_text(cell) for cell in cells]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise Unreadable(f"This is no workbook (XLSX): {error}.", f"不是有效的 XLSX 文件：{error}。") from error


def _text(cell: object) -> str:
    if isinstance(cell, datetime | date):
        return f"{cell.year}/{cell.month}/{cell.day}"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else _tidy(str(cell))


def _tidy(cell: str) -> str:
    """Without outer blanks and invisible marks; inner runs of blanks are one."""
    visible = "".join(character for character in cell if unicodedata.category(character) != "Cf")
    return " ".join(visible.split())
