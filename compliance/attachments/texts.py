"""Read documents other than tables line by line, with the place of each line: plain text, docx (ECMA-376 §17), pdf."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import IO

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from compliance.attachments.packages import events, local
from compliance.attachments.refused import CannotRead
from compliance.attachments.tables import as_text

MOST_LINES = 500_000
MOST_PAGES = 1_000
_LINE = 100_000
_BODY = "word/document.xml"
_REMARKS = ("xl/comments", "xl/threadedComments", "xl/drawings/")
Line = tuple[str, str]


def lines_of_text(stream: IO[bytes]) -> Iterator[Line]:
    text = as_text(stream)
    for number in range(1, MOST_LINES):
        line = text.readline(_LINE)
        if not line:
            return
        yield str(number), line


class _Paragraphs:
    """Collect the paragraphs of a text document, including those in tables, headers and footers."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._length = 0
        self._is_text = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if tag in ("t", "delText"):
            self._is_text = True
        elif tag == "tab" or tag == "br":
            self._pieces.append(" ")

    def end(self, name: str) -> None:
        tag = local(name)
        if tag in ("t", "delText"):
            self._is_text = False
        elif tag == "p" or tag == "comment":
            self.found.append("".join(self._pieces)[:_LINE])
            self._pieces, self._length = [], 0

    def text(self, piece: str) -> None:
        if self._is_text and self._length < _LINE:
            self._pieces.append(piece)
            self._length += len(piece)


def lines_of_docx(package: zipfile.ZipFile) -> Iterator[Line]:
    """Yield the numbered paragraphs of the body, then those of headers, footers and notes without a number."""
    names = [name for name in package.namelist() if name.startswith("word/") and name.endswith(".xml")]
    for name in sorted(names, key=lambda name: (name != _BODY, name)):
        for number, paragraph in enumerate(_paragraphs(package, name), 1):
            yield str(number) if name == _BODY else "", paragraph


def remarks_of_workbook(package: zipfile.ZipFile) -> Iterator[Line]:
    """Yield the comments and text boxes of a workbook, which are outside its cells."""
    for name in package.namelist():
        if name.startswith(_REMARKS) and name.endswith(".xml"):
            for paragraph in _paragraphs(package, name):
                yield "", paragraph


def _paragraphs(package: zipfile.ZipFile, name: str) -> Iterator[str]:
    paragraphs = _Paragraphs()
    for _ in events(package, name, paragraphs):
        yield from paragraphs.found
        paragraphs.found.clear()


def lines_of_pdf(stream: IO[bytes]) -> Iterator[Line]:
    """Yield the text of a pdf page by page; scans contain none."""
    stream.seek(0)
    try:
        reader = PdfReader(stream)
        if reader.is_encrypted and not reader.decrypt(""):
            raise CannotRead("encrypted")
        for number, page in enumerate(reader.pages, 1):
            if number > MOST_PAGES:
                return
            for line in page.extract_text().splitlines():
                yield f"p. {number}", line
    except CannotRead:
        raise
    except (NotImplementedError, DependencyError) as error:
        raise CannotRead("encrypted") from error
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, OSError, RecursionError) as error:
        raise CannotRead("damaged", detail=type(error).__name__) from error
