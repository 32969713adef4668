"""Read a document for the rules: its banks, rows of unknown classes, credentials."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import IO

from compliance.attachments.contents import Contents, Credential
from compliance.attachments.counting import Counts, counted
from compliance.attachments.credentials import MOST_FOUND, credentials_in
from compliance.attachments.headings import Columns
from compliance.attachments.packages import opened, refuse_ole, starts_a_package
from compliance.attachments.refused import CannotRead
from compliance.attachments.sheets import Row
from compliance.attachments.tables import sheets_of_table
from compliance.attachments.texts import Line, lines_of_docx, lines_of_pdf, lines_of_text, remarks_of_workbook
from compliance.attachments.workbooks import is_workbook, sheets_of_workbook

_HEAD = 8_192
MOST_LINE_CHARACTERS = 200_000
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read(stream: IO[bytes]) -> Contents:
    """
    Read a document of any kind. Faults are part of the result; no file content raises an exception.

    `stream` must be seekable and stays open. The result depends only on the bytes, not on the file name.
    """
    found = _Found()
    try:
        counts = _read(stream, found)
    except CannotRead as error:
        return Contents(unreadable=error.unreadable, credentials=found.credentials)
    if counts is None:
        return Contents(credentials=found.credentials)
    return Contents(
        is_table=True,
        is_nameless=not starts_a_package(head_of(stream)),
        banks=counts.banks,
        unknown_classes=counts.unknown_classes,
        credentials=found.credentials,
    )


class _Found:
    """The credentials found so far."""

    def __init__(self) -> None:
        self._found: list[Credential] = []

    @property
    def credentials(self) -> tuple[Credential, ...]:
        return tuple(self._found)

    def look_at_row(self, sheet: str, row: Row, columns: Columns | None) -> None:
        number, cells = row
        place = f"{sheet} {number}".strip()
        # Two adjacent cells may be a label and its value.
        if columns is None:
            self._look(" | ".join(cell for cell in cells if cell), place, is_content=False)
            return
        content = [cell for i, cell in enumerate(cells) if i in columns.content]
        others = [cell for i, cell in enumerate(cells) if cell and i not in columns.content]
        self._look(" ".join(content), place, is_content=True)
        self._look(" | ".join(others), place, is_content=False)

    def look_at_listed_row(self, sheet: str, row: Row, columns: Columns | None) -> None:
        if columns is not None:
            self.look_at_row(sheet, row, columns)

    def look_at_lines(self, lines: Iterator[Line]) -> None:
        for place, line in lines:
            self._look(line, place, is_content=False)

    def _look(self, line: str, place: str, *, is_content: bool) -> None:
        room = MOST_FOUND - len(self._found)
        if room:
            self._found.extend(islice(credentials_in(line[:MOST_LINE_CHARACTERS], place, is_content=is_content), room))


def head_of(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read(_HEAD)


def _read(stream: IO[bytes], found: _Found) -> Counts | None:
    """Return the counts of a table, or None if the document is not a table."""
    head = head_of(stream)
    refuse_ole(stream, head)
    if head.startswith(b"%PDF"):
        found.look_at_lines(lines_of_pdf(stream))
    elif starts_a_package(head):
        return _read_package(stream, found)
    elif head.startswith(_UTF_16):
        raise CannotRead("unknown_encoding")
    elif head and b"\0" not in head:
        return _read_text(stream, found)
    return None


def _read_package(stream: IO[bytes], found: _Found) -> Counts | None:
    with opened(stream) as package:
        if not is_workbook(package):
            found.look_at_lines(lines_of_docx(package))
            return None
        found.look_at_lines(remarks_of_workbook(package))
        return counted(sheets_of_workbook(package), found.look_at_row)


def _read_text(stream: IO[bytes], found: _Found) -> Counts:
    """Read a text as a table; if it is not a list, also read its lines for credentials."""
    try:
        counts = counted(sheets_of_table(stream), found.look_at_listed_row)
    except CannotRead:
        found.look_at_lines(lines_of_text(stream))
        raise
    if not counts.banks:
        found.look_at_lines(lines_of_text(stream))
    return counts
