"""Reading dossiers from a workbook: what was entered for each filing, and the cell of each field, for faults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import IO

from openpyxl.utils import get_column_letter

from compliance.attachments.packages import opened, refuse_ole
from compliance.attachments.sheets import Sheet
from compliance.attachments.workbooks import is_workbook, sheets_of_workbook
from compliance.dossier.pointer import ROOT, Pointer
from compliance.forms.answers import NONE_NEEDED, SHOWN
from compliance.forms.shape import Entry
from compliance.forms.values import labels_of, value_of
from compliance.forms.wording import hint
from compliance.language import Bilingual, Language
from compliance.workbooks.layout import ANY, CASE, LISTS, VERSION, Column, SheetLayout, sheets
from compliance.workbooks.writing import keys_of, labels_of_columns

MOST_FILINGS = 500
MOST_ENTRIES = 500
_HEAD = 16
_HEADINGS_WITHIN = 10
_SEPARATORS = re.compile(r"[;；、\n]|,(?=\s)|，")
# Day 1 of the numbers by which spreadsheets count days is 1899-12-31; they count a 29 February 1900 that never was.
_DAY_ZERO = date(1899, 12, 30)
_DAY_NUMBER = re.compile(r"[1-9][0-9]{4}(?:\.0+)?")
_NO_FILING = Bilingual(
    "The row does not say to which filing it belongs. Enter the number of a row of the sheet “Filing”.",
    "该行未注明所属申报。请填写“申报事项”表中的申报序号。",
)
_UNKNOWN_FILING = Bilingual(
    "No row of the sheet “Filing” has the number “{number}”. Correct the number, or add the filing there.",
    "“申报事项”表中没有序号“{number}”。请更正，或者先在该表中添加申报。",
)
_UNKNOWN_ENTRY = Bilingual(
    "Filing {filing} has no entry with the number “{number}” there. Correct the number.",
    "申报 {filing} 没有序号为“{number}”的条目。请更正序号。",
)
_TWICE = Bilingual(
    "Filing no. {number} has a row above already. Keep one row for each filing in this sheet.",
    "申报序号 {number} 在上方已有一行。本表每项申报只保留一行。",
)
_TOO_MANY = Bilingual("More than {limit} filings. Divide the workbook.", "申报超过 {limit} 项，请拆分工作簿。")
_TOO_MANY_ENTRIES = Bilingual(
    "More than {limit} entries in one list of a filing. Leave some out.",
    "同一申报的一个列表中条目超过 {limit} 项，请删减。",
)
_NO_SHEET = Bilingual(
    "The workbook has no sheet “Filing” with rows. Fill in the workbook that can be downloaded here.",
    "工作簿中没有“申报事项”表或者该表没有内容。请填写在此下载的工作簿。",
)
_NOT_A_WORKBOOK = Bilingual(
    "This file is not a workbook (.xlsx). Save it as xlsx and choose it again.",
    "该文件不是工作簿（.xlsx）。请另存为 xlsx 后重新选择。",
)


@dataclass(frozen=True, slots=True)
class CellFault:
    """A fault of a workbook: the sheet and the cell, and what is wrong there."""

    sheet: str
    cell: str
    text: Bilingual
    values: dict[str, object] = field(default_factory=dict)

    def message(self, language: Language) -> str:
        return self.text.filled(language, self.values)


@dataclass(slots=True)
class Entered:
    """What a workbook says of one filing: its number there, its case number, and what was entered, with the cell of each field."""

    number: str
    case: str = ""
    version: str = ""
    answers: dict[Pointer, list[str]] = field(default_factory=dict)
    cells: dict[str, tuple[str, str]] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    # The number of entries of each list so far.
    counts: dict[str, int] = field(default_factory=dict)

    def cell_of(self, at: str) -> tuple[str, str]:
        """Return the sheet and the cell of a place, or of what it lies in."""
        place = at
        while place and place not in self.cells:
            place = place.rpartition("/")[0]
        return self.cells.get(place, self.cells.get("", ("", "")))


@dataclass(slots=True)
class ReadWorkbook:
    filings: list[Entered] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    # Whether a sheet or a column of what lies within models is missing.
    lacks_parts_of_models: bool = False


def read_workbook(stream: IO[bytes]) -> ReadWorkbook:
    """
    Read what was entered in a workbook. Faults of its structure are part of the result. Raises CannotRead for a file that is
    damaged, encrypted or too large.
    """
    head = stream.read(_HEAD)
    stream.seek(0)
    refuse_ole(stream, head)
    if not head.startswith(b"PK"):
        return ReadWorkbook(faults=[CellFault("", "", _NOT_A_WORKBOOK)])
    reader = _Reader()
    with opened(stream) as package:
        if not is_workbook(package):
            return ReadWorkbook(faults=[CellFault("", "", _NOT_A_WORKBOOK)])
        for sheet in sheets_of_workbook(package):
            reader.keep(sheet)
    return reader.read()


@dataclass(slots=True)
class _Row:
    number: int
    texts: dict[str, str]
    columns: dict[str, int]

    def cell(self, key: str) -> str:
        return f"{get_column_letter(self.columns[key] + 1)}{self.number}" if key in self.columns else f"A{self.number}"


class _Reader:
    """Puts the rows of all sheets together: first the filings, then their lists, the outer ones before the inner ones."""

    def __init__(self) -> None:
        self._sheets: dict[str, tuple[str, list[_Row]]] = {}
        self._columns: dict[str, Set[str]] = {}
        self._result = ReadWorkbook()
        self._by_number: dict[str, Entered] = {}

    def keep(self, sheet: Sheet) -> None:
        """Keep the rows of a sheet that is one of the layout, whose headings are among its first rows."""
        if sheet.name == LISTS:
            return
        rows, layout, columns = [], None, dict[str, int]()
        for number, cells in sheet.rows:
            if layout is None and number <= _HEADINGS_WITHIN:
                layout, columns = _recognized(sheet.name, cells)
            elif layout is None:
                return
            elif not _is_heading(cells, layout):
                texts = {key: cells[i] for key, i in columns.items() if i < len(cells)}
                if any(text.strip() for text in texts.values()):
                    rows.append(_Row(number, texts, columns))
        if layout is not None:
            self._sheets[layout.name], self._columns[layout.name] = (sheet.name, rows), columns.keys()

    def read(self) -> ReadWorkbook:
        first, *others = sheets()
        name, rows = self._sheets.get(first.name, (first.name, []))
        for row in rows:
            self._begin(name, row)
        if not self._result.filings and not self._result.faults:
            self._fault("", "", _NO_SHEET)
        self._result.lacks_parts_of_models = any(
            layout.pattern.startswith("/models") and not self._is_whole(layout) for layout in others
        )
        for layout in (first, *others):
            if layout.name in self._sheets:
                self._read_sheet(layout, *self._sheets[layout.name])
        return self._result

    def _is_whole(self, layout: SheetLayout) -> bool:
        """Whether a sheet is there with all its columns. Of an empty sheet nobody knows."""
        return layout.name in self._sheets and self._columns[layout.name] >= set(keys_of(layout))

    def _begin(self, sheet: str, row: _Row) -> None:
        number = _plain_number(row.texts.get("#0", "")) or str(len(self._by_number) + 1)
        if number in self._by_number:
            self._fault(sheet, row.cell("#0"), _TWICE, number=number)
        elif len(self._by_number) >= MOST_FILINGS:
            self._fault(sheet, row.cell("#0"), _TOO_MANY, limit=MOST_FILINGS)
        else:
            entered = Entered(number, row.texts.get(CASE, "").strip(), row.texts.get(VERSION, "").strip())
            entered.cells[""] = (sheet, row.cell("#0"))
            self._by_number[number] = entered
            self._result.filings.append(entered)

    def _read_sheet(self, layout: SheetLayout, sheet: str, rows: list[_Row]) -> None:
        if layout.pattern:
            self._show_lists(layout)
        read: set[str] = set()
        for row in rows:
            entered = self._filing_of(sheet, row)
            if entered is None:
                continue
            if layout.codes:
                self._read_counts(layout, sheet, row, entered)
            elif layout.pattern:
                self._read_entry(layout, sheet, row, entered)
            elif entered.number in read and layout is not sheets()[0]:
                self._fault(sheet, row.cell("#0"), _TWICE, number=entered.number)
            else:
                read.add(entered.number)
                self._read_columns(layout, sheet, row, entered, ())

    def _filing_of(self, sheet: str, row: _Row) -> Entered | None:
        number = _plain_number(row.texts.get("#0", ""))
        if not number and len(self._by_number) == 1:
            return next(iter(self._by_number.values()))
        if not number and sheet == self._sheets.get(sheets()[0].name, ("",))[0]:
            return next((e for e in self._result.filings if e.cells[""] == (sheet, row.cell("#0"))), None)
        found = self._by_number.get(number)
        if found is None:
            self._fault(sheet, row.cell("#0"), _UNKNOWN_FILING if number else _NO_FILING, number=number)
        return found

    def _show_lists(self, layout: SheetLayout) -> None:
        """Say that the list is shown for each filing, and for each entry of the outer list: what has no row is removed."""
        outer, _star, inner = layout.pattern.rpartition(f"/{ANY}")
        for entered in self._result.filings:
            entries = [f"{at}{inner}" for at in _entries_of(entered, outer)] if outer else []
            places = entries if outer else [layout.pattern]
            for place in places:
                entered.answers.setdefault(Pointer(place), []).append(SHOWN)

    def _read_entry(self, layout: SheetLayout, sheet: str, row: _Row, entered: Entered) -> None:
        at = Pointer(layout.pattern)
        if len(layout.numbers) > 1:
            outer, _star, inner = layout.pattern.rpartition(f"/{ANY}")
            number = _plain_number(row.texts.get("#1", ""))
            count = entered.counts.get(outer, 0)
            if not number and count == 1:
                number = "1"
            if not re.fullmatch("[0-9]{1,6}", number) or not 1 <= int(number) <= count:
                self._fault(sheet, row.cell("#1"), _UNKNOWN_ENTRY, filing=entered.number, number=number)
                return
            at = Pointer(f"{outer}/{int(number) - 1}{inner}")
        count = entered.counts.get(at, 0)
        if count >= MOST_ENTRIES:
            self._fault(sheet, row.cell("#0"), _TOO_MANY_ENTRIES, limit=MOST_ENTRIES)
            return
        entry, entered.counts[at] = at / count, count + 1
        entered.answers[entry] = [SHOWN]
        entered.cells[entry] = (sheet, row.cell(next((key for key in row.columns if key.startswith("/")), "#0")))
        self._read_columns(layout, sheet, row, entered, tuple(step for step in entry.steps if step.isdigit()))

    def _read_columns(
        self, layout: SheetLayout, sheet: str, row: _Row, entered: Entered, numbers: tuple[str, ...]
    ) -> None:
        for column, key in zip(layout.columns, keys_of(layout)[-len(layout.columns) :], strict=True):
            if key in row.columns:
                self._enter(column, sheet, row, key, entered, _placed(column.pattern, numbers))

    def _enter(self, column: Column, sheet: str, row: _Row, key: str, entered: Entered, at: Pointer) -> None:
        text = row.texts.get(key, "")
        if column.says_none:
            if value_of(text, column.field) is True:
                entered.answers.setdefault(at, []).append(NONE_NEEDED)
            return
        entered.answers[at] = _answers(text, column)
        entered.cells[at] = (sheet, row.cell(key))
        entered.written[at] = text

    def _read_counts(self, layout: SheetLayout, sheet: str, row: _Row, entered: Entered) -> None:
        code = _code_of(row.texts.get("#code", ""), layout)
        if code is None:
            self._fault(
                sheet, row.cell("#code"), _UNKNOWN_ENTRY, filing=entered.number, number=row.texts.get("#code", "")
            )
            return
        for column in layout.columns:
            if column.pattern in row.columns:
                at = Pointer(column.pattern.replace(ANY, code))
                self._enter(column, sheet, row, column.pattern, entered, at)

    def _fault(self, sheet: str, cell: str, text: Bilingual, **values: object) -> None:
        self._result.faults.append(CellFault(sheet, cell, text, values))


def _recognized(name: str, cells: list[str]) -> tuple[SheetLayout | None, dict[str, int]]:
    """Return the layout of a sheet and its columns, if this is its row of headings: the hidden one, or that of the labels."""
    best: tuple[SheetLayout | None, dict[str, int]] = (None, {})
    for layout in sheets():
        keys, labels = keys_of(layout), labels_of_columns(layout)
        known = {key: key for key in keys}
        known |= {label.zh: key for key, label in zip(keys, labels, strict=True)}
        known |= {label.en: key for key, label in zip(keys, labels, strict=True)}
        columns = {known[text.strip()]: i for i, text in reversed(list(enumerate(cells))) if text.strip() in known}
        is_fields = any(not key.startswith("#") for key in columns)
        if is_fields and (len(columns) > len(best[1]) or (len(columns) == len(best[1]) and layout.name == name)):
            best = (layout, columns)
    return best


def _is_heading(cells: list[str], layout: SheetLayout) -> bool:
    """Whether a row below the first one repeats headings or hints."""
    texts = [text.strip() for text in cells if text.strip()]
    labels = labels_of_columns(layout)
    if not texts:
        return True
    if len(texts) > 1 and all(any(text in (label.zh, label.en) for label in labels) for text in texts):
        return True
    return all(" / " in text and text in _hints() for text in texts)


@cache
def _hints() -> frozenset[str]:
    hints = {hint(column.field) for layout in sheets() for column in layout.columns}
    return frozenset(f"{each.zh} / {each.en}" for each in hints if each.zh)


def _entries_of(entered: Entered, at: str) -> list[Pointer]:
    """Return the entries of a list that were entered so far."""
    return [Pointer(at) / i for i in range(entered.counts.get(at, 0))]


def _placed(pattern: str, numbers: tuple[str, ...]) -> Pointer:
    left, at = iter(numbers), ROOT
    for step in pattern.split("/")[1:]:
        at = at / (next(left) if step == ANY else step)
    return at


def _answers(text: str, column: Column) -> list[str]:
    """Return what a cell says as a form would send it: codes instead of labels, days instead of numbers of days."""
    entry = column.field.entry
    if entry is Entry.CODES:
        parts = [part.strip() for part in _SEPARATORS.split(text)] if text.strip() else []
        return ["", *(_code(part, column) for part in _joined(parts, column) if part)]
    if entry is Entry.DAY and _DAY_NUMBER.fullmatch(text.strip()):
        return [(_DAY_ZERO + timedelta(days=int(float(text)))).isoformat()]
    return [_code(text, column) if labels_of(column.field) else text]


def _joined(parts: list[str], column: Column) -> Iterator[str]:
    """Put parts together again where a label itself holds a separator."""
    labels = {label.in_(language) for label in labels_of(column.field).values() for language in ("zh", "en")}
    held = ""
    for part in parts:
        candidate = f"{held}、{part}" if held else part
        is_beginning = any(label != candidate and label.startswith(f"{candidate}、") for label in labels)
        if is_beginning:
            held = candidate
        else:
            yield candidate
            held = ""
    if held:
        yield held


def _code(text: str, column: Column) -> str:
    value = value_of(text, column.field)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else text


def _code_of(text: str, layout: SheetLayout) -> str | None:
    plain = text.strip()
    names = {name: code for code, label in layout.codes for name in (code, label.zh, label.en)}
    return names.get(plain) or names.get(plain.partition(" ")[0])


def _plain_number(text: str) -> str:
    """Return the number of a row; a spreadsheet may have written it as 1.0."""
    plain = text.strip()
    return plain[:-2] if re.fullmatch(r"[0-9]+\.0", plain) else plain
