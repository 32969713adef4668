"""Read text tables (csv): UTF-8 with or without a byte order mark, or GB18030; commas, tabs or semicolons."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any, cast

from compliance.attachments.headings import below_headings
from compliance.attachments.packages import CHUNK
from compliance.attachments.refused import CannotRead
from compliance.attachments.sheets import MOST_CHARACTERS, MOST_COLUMNS, MOST_ROWS, Row, Sheet

ENCODINGS = ("utf-8-sig", "gb18030")
_SEPARATORS = (",", "\t", ";", "，", "；")
_HEAD = 64 * 1024


def sheets_of_table(stream: IO[bytes]) -> Iterator[Sheet]:
    """Yield the only sheet of a text table, which has no name. Raises CannotRead."""
    text = as_text(stream)
    head = text.read(_HEAD)
    text.seek(0)
    yield Sheet("", _rows(text, _separator(head)))


def as_text(stream: IO[bytes]) -> io.TextIOWrapper:
    """Open bytes as text in the first encoding that decodes all of them. Raises CannotRead: `damaged`, `unknown_encoding`."""
    encoding = next((encoding for encoding in ENCODINGS if _fits(stream, encoding)), None)
    if encoding is None:
        raise CannotRead("unknown_encoding")
    stream.seek(0)
    return io.TextIOWrapper(io.BufferedReader(cast(Any, _Unclosed(stream))), encoding=encoding, newline="")


def _fits(stream: IO[bytes], encoding: str) -> bool:
    """Whether the bytes are valid in an encoding. Raises CannotRead `damaged` if the last character is incomplete."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := stream.read(CHUNK):
            decoder.decode(piece)
    except UnicodeDecodeError:
        return False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise CannotRead("damaged", detail=encoding) from error
    return True


class _Unclosed(io.RawIOBase):
    """A wrapper that leaves the caller's stream open when the text wrapper is closed."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        piece = self._stream.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _separator(head: str) -> str:
    """Return the first separator with which list headings are found; cells may contain any of the others."""
    for separator in _SEPARATORS:
        rows = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
        with suppress(csv.Error):
            if below_headings(enumerate(rows, 1))[0]:
                return separator
    return ","


def _rows(text: io.TextIOWrapper, separator: str) -> Iterator[Row]:
    csv.field_size_limit(MOST_CHARACTERS)
    reader = csv.reader(text, delimiter=separator, strict=True)
    count = 0
    try:
        for cells in reader:
            if any(cells):
                count += 1
                if count > MOST_ROWS:
                    raise CannotRead("too_many_rows", sheet="", asked=MOST_ROWS)
                yield reader.line_num, cells[:MOST_COLUMNS]
    except csv.Error as error:
        if "field larger" in str(error):
            raise CannotRead("long_line", sheet="", row=reader.line_num, asked=MOST_CHARACTERS) from error
        raise CannotRead("bad_quotes", row=reader.line_num) from error
