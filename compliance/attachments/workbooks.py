"""
Read workbooks (xlsx, ECMA-376 part 1 §18) row by row with little memory.

No library is used: openpyxl is too slow for 10,000 keywords, and calamine keeps the whole rectangle between the outermost
cells of a sheet in memory (docs/decisions/0016).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator

from compliance.attachments.packages import CHUNK, MEGABYTE, MOST_STRINGS, events, local, parse_member
from compliance.attachments.refused import CannotRead
from compliance.attachments.sheets import (
    MOST_BLANK_ROWS,
    MOST_CHARACTERS,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHEETS,
    Formula,
    Row,
    Sheet,
)

_WORKBOOK, _STRINGS = "xl/workbook.xml", "xl/sharedStrings.xml"
Merged = tuple[int, int, int, int]
MOST_MERGED = 50_000
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def sheets_of_workbook(package: zipfile.ZipFile) -> Iterator[Sheet]:
    """Yield the sheets in order; each must be read before the next. Raises CannotRead."""
    parts = list(_parts(package))
    if len(parts) > MOST_SHEETS:
        raise CannotRead("too_many_sheets", found=len(parts), asked=MOST_SHEETS)
    strings = _shared_strings(package)
    for name, part in parts:
        yield Sheet(name, _rows(package, part, name, strings))


def is_workbook(package: zipfile.ZipFile) -> bool:
    return _WORKBOOK in package.namelist()


class _Relations:
    """Collect the parts of a workbook by relationship id."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def end(self, name: str) -> None: ...

    def text(self, piece: str) -> None: ...


class _Listed:
    """Collect the sheets of a workbook: the name and the relationship id of each."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) == "sheet":
            related = next((value for key, value in attributes.items() if local(key) == "id" and "}" in key), "")
            self.sheets.append((attributes.get("name", ""), related))

    def end(self, name: str) -> None: ...

    def text(self, piece: str) -> None: ...


def _parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield each sheet name with its package member; chart sheets are skipped."""
    listed, relations = _Listed(), _Relations()
    parse_member(package, _WORKBOOK, listed)
    if "xl/_rels/workbook.xml.rels" in package.namelist():
        parse_member(package, "xl/_rels/workbook.xml.rels", relations)
    members = {name.casefold(): name for name in package.namelist()}
    for name, related in listed.sheets:
        target = relations.targets.get(related, "")
        part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        if part.casefold() in members and "chartsheets" not in part:
            yield name, members[part.casefold()]


class _Strings:
    """Collect the shared strings, without phonetic guides."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._is_text = self._is_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if tag == "si":
            self._pieces = []
        elif tag == "rPh":
            self._is_phonetic = True
        elif tag == "t":
            self._is_text = not self._is_phonetic

    def end(self, name: str) -> None:
        tag = local(name)
        if tag == "si":
            self.found.append(_unescaped("".join(self._pieces)))
        elif tag == "rPh":
            self._is_phonetic = False
        elif tag == "t":
            self._is_text = False

    def text(self, piece: str) -> None:
        if self._is_text:
            self._pieces.append(piece)


def _shared_strings(package: zipfile.ZipFile) -> list[str]:
    name = next((name for name in package.namelist() if name.casefold() == _STRINGS.casefold()), None)
    if name is None:
        return []
    size = package.getinfo(name).file_size
    if size > MOST_STRINGS:
        raise CannotRead("too_large", found=size // MEGABYTE, asked=MOST_STRINGS // MEGABYTE)
    strings = _Strings()
    parse_member(package, name, strings)
    return strings.found


class _Cells:
    """Collect the rows of a sheet; the caller takes them and clears `rows`."""

    def __init__(self, sheet: str, strings: list[str]) -> None:
        self.rows: list[Row] = []
        self._sheet, self._strings = sheet, strings
        self._row, self._cells = 0, list[str]()
        self._column, self._kind = -1, "n"
        self._pieces: list[str] = []
        self._is_value = self._is_formula = self._is_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if tag == "c":
            self._column = _column(attributes.get("r"), self._column + 1)
            self._kind, self._pieces, self._is_formula = attributes.get("t", "n"), [], False
        elif tag == "v" or tag == "t":
            self._is_value = not self._is_phonetic
        elif tag == "f":
            self._is_formula = True
        elif tag == "rPh":
            self._is_phonetic = True
        elif tag == "row":
            written = attributes.get("r", "")
            self._row = int(written) if _is_number(written) else self._row + 1
            self._cells, self._column = [], -1

    def end(self, name: str) -> None:
        tag = local(name)
        if tag == "c":
            self._store_cell()
        elif tag == "v" or tag == "t":
            self._is_value = False
        elif tag == "rPh":
            self._is_phonetic = False
        elif tag == "row":
            self.rows.append((self._row, self._cells))

    def text(self, piece: str) -> None:
        if self._is_value:
            self._pieces.append(piece)

    def _store_cell(self) -> None:
        value = self._value()
        if (not value and not self._is_formula) or self._column >= MOST_COLUMNS:
            return
        if len(value) > MOST_CHARACTERS:
            raise CannotRead("long_line", sheet=self._sheet, row=self._row, asked=MOST_CHARACTERS)
        self._cells.extend([""] * (self._column + 1 - len(self._cells)))
        self._cells[self._column] = Formula(value) if self._is_formula else value

    def _value(self) -> str:
        written = "".join(self._pieces)
        if self._kind == "s":
            place = int(written) if _is_number(written) else -1
            return self._strings[place] if 0 <= place < len(self._strings) else ""
        if self._kind == "inlineStr" or self._kind == "str":
            return _unescaped(written).strip()
        return {"1": "TRUE", "0": "FALSE"}.get(written, written) if self._kind == "b" else written


def _is_number(written: str) -> bool:
    return written.isdecimal() and len(written) < 10


def _column(reference: str | None, following: int) -> int:
    """Return the column number, from 0, of a reference such as `AB12`; `following` if there is no reference."""
    number = 0
    for character in (reference or "")[:4]:
        if not "A" <= character <= "Z":
            break
        number = number * 26 + ord(character) - 64
    return number - 1 if number else following


def _unescaped(text: str) -> str:
    """Undo `_x000D_` and the like (ST_Xstring, §22.9.2.19)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _merged(package: zipfile.ZipFile, part: str) -> dict[int, list[Merged]]:
    """Return the merged ranges over several rows, by first row; the file lists them after the rows."""
    found: dict[int, list[Merged]] = {}
    rest = b""
    with package.open(part) as member:
        while piece := member.read(CHUNK):
            rest += piece
            for left, top, right, bottom in _MERGED.findall(rest):
                if top != bottom and len(found) < MOST_MERGED:
                    place = _column(left.decode(), 0), _column(right.decode(), 0), int(top), int(bottom)
                    found.setdefault(int(top), []).append(place)
            rest = rest[-200:] if b"<" not in rest[-200:] else rest[rest.rindex(b"<") :][-2_000:]
    return found


class _MergedCells:
    """Copy the value of a merged range, which is stored in its first cell, to all its rows."""

    def __init__(self, merged: dict[int, list[Merged]]) -> None:
        self._merged = merged
        self._open: list[tuple[int, int, str]] = []  # column, last row, value

    def filled(self, number: int, row: list[str]) -> list[str]:
        """Return a row with the values merged into it from above."""
        self._open = [each for each in self._open if each[1] >= number]
        for column, _, value in self._open:
            if column >= len(row):
                row = [*row, *[""] * (column + 1 - len(row))]
            row[column] = row[column] or value
        for left, right, _, bottom in self._merged.get(number, ()):
            value = row[left] if left < len(row) else ""
            self._open += [(column, bottom, value) for column in range(left, min(right, MOST_COLUMNS - 1) + 1) if value]
        return row


def _rows(package: zipfile.ZipFile, part: str, sheet: str, strings: list[str]) -> Iterator[Row]:
    cells, count, last = _Cells(sheet, strings), 0, 0
    merged = _MergedCells(_merged(package, part))
    for _ in events(package, part, cells):
        for number, row in cells.rows:
            if not row:
                if number - last > MOST_BLANK_ROWS:
                    return
                continue
            count, last = count + 1, number
            if count > MOST_ROWS:
                raise CannotRead("too_many_rows", sheet=sheet, asked=MOST_ROWS)
            yield number, merged.filled(number, row)
        cells.rows.clear()
