"""Reading dossiers from a workbook: what was entered for each filing, and the cell of each field, for faults."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass, field
from typing import IO

from openpyxl.utils import get_column_letter

from compliance.attachments.packages import opened, refuse_ole
from compliance.attachments.sheets import Sheet
from compliance.attachments.workbooks import is_workbook, sheets_of_workbook
from compliance.dossier.pointer import Pointer
from compliance.forms.answers import NONE_NEEDED, SHOWN
from compliance.forms.values import value_of
from compliance.language import Bilingual
from compliance.workbooks.cells import answers_of, code_of, plain_number
from compliance.workbooks.faults import (
    NO_FILING,
    NO_SHEET,
    NOT_A_WORKBOOK,
    TOO_MANY,
    TOO_MANY_ENTRIES,
    TWICE,
    UNKNOWN_ENTRY,
    UNKNOWN_FILING,
    CellFault,
)
from compliance.workbooks.headings import is_heading, recognized
from compliance.workbooks.layout import ANY, CASE, LISTS, VERSION, Column, SheetLayout, keys_of, placed, sheets

MOST_FILINGS = 500
MOST_ENTRIES = 500
_HEAD = 16
_HEADINGS_WITHIN = 10


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
        return ReadWorkbook(faults=[CellFault("", "", NOT_A_WORKBOOK)])
    reader = _Reader()
    with opened(stream) as package:
        if not is_workbook(package):
            return ReadWorkbook(faults=[CellFault("", "", NOT_A_WORKBOOK)])
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
                layout, columns = recognized(sheet.name, cells)
            elif layout is None:
                return
            elif not is_heading(cells, layout):
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
            self._fault("", "", NO_SHEET)
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
        number = plain_number(row.texts.get("#0", "")) or str(len(self._by_number) + 1)
        if number in self._by_number:
            self._fault(sheet, row.cell("#0"), TWICE, number=number)
        elif len(self._by_number) >= MOST_FILINGS:
            self._fault(sheet, row.cell("#0"), TOO_MANY, limit=MOST_FILINGS)
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
                self._fault(sheet, row.cell("#0"), TWICE, number=entered.number)
            else:
                read.add(entered.number)
                self._read_columns(layout, sheet, row, entered, ())

    def _filing_of(self, sheet: str, row: _Row) -> Entered | None:
        number = plain_number(row.texts.get("#0", ""))
        if not number and len(self._by_number) == 1:
            return next(iter(self._by_number.values()))
        if not number and sheet == self._sheets.get(sheets()[0].name, ("",))[0]:
            return next((e for e in self._result.filings if e.cells[""] == (sheet, row.cell("#0"))), None)
        found = self._by_number.get(number)
        if found is None:
            self._fault(sheet, row.cell("#0"), UNKNOWN_FILING if number else NO_FILING, number=number)
        return found

    def _show_lists(self, layout: SheetLayout) -> None:
        """Say that the list is shown for each filing, and for each entry of the outer list: what has no row is removed."""
        outer, _star, inner = layout.pattern.rpartition(f"/{ANY}")
        for entered in self._result.filings:
            count = entered.counts.get(outer, 0)
            places = [f"{outer}/{i}{inner}" for i in range(count)] if outer else [layout.pattern]
            for place in places:
                entered.answers.setdefault(Pointer(place), []).append(SHOWN)

    def _read_entry(self, layout: SheetLayout, sheet: str, row: _Row, entered: Entered) -> None:
        at = Pointer(layout.pattern)
        if len(layout.numbers) > 1:
            outer, _star, inner = layout.pattern.rpartition(f"/{ANY}")
            number = plain_number(row.texts.get("#1", ""))
            count = entered.counts.get(outer, 0)
            if not number and count == 1:
                number = "1"
            if not re.fullmatch("[0-9]{1,6}", number) or not 1 <= int(number) <= count:
                self._fault(sheet, row.cell("#1"), UNKNOWN_ENTRY, filing=entered.number, number=number)
                return
            at = Pointer(f"{outer}/{int(number) - 1}{inner}")
        count = entered.counts.get(at, 0)
        if count >= MOST_ENTRIES:
            self._fault(sheet, row.cell("#0"), TOO_MANY_ENTRIES, limit=MOST_ENTRIES)
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
                self._enter(column, sheet, row, key, entered, placed(column.pattern, numbers))

    def _enter(self, column: Column, sheet: str, row: _Row, key: str, entered: Entered, at: Pointer) -> None:
        text = row.texts.get(key, "")
        if column.says_none:
            if value_of(text, column.field) is True:
                entered.answers.setdefault(at, []).append(NONE_NEEDED)
            return
        entered.answers[at] = answers_of(text, column)
        entered.cells[at] = (sheet, row.cell(key))
        entered.written[at] = text

    def _read_counts(self, layout: SheetLayout, sheet: str, row: _Row, entered: Entered) -> None:
        code = code_of(row.texts.get("#code", ""), layout)
        if code is None:
            self._fault(
                sheet, row.cell("#code"), UNKNOWN_ENTRY, filing=entered.number, number=row.texts.get("#code", "")
            )
            return
        for column in layout.columns:
            if column.pattern in row.columns:
                at = Pointer(column.pattern.replace(ANY, code))
                self._enter(column, sheet, row, column.pattern, entered, at)

    def _fault(self, sheet: str, cell: str, text: Bilingual, **values: object) -> None:
        self._result.faults.append(CellFault(sheet, cell, text, values))
