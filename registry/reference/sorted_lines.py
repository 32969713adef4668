"""
The sorted lines of a file, found by halving.

The compiled tables have tens of thousands of lines, of which a process asks for few. An object for each would cost more time and
memory than the table itself; mapped into memory, the pages that are read are shared by all processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path


class SortedLines:
    """The lines of a file, sorted by their bytes, each ended by a line feed. Replace such a file, never write into it."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._text = mmap(file.fileno(), 0, access=ACCESS_READ)

    def first(self, start: bytes) -> bytes | None:
        """Return the first line that begins with some bytes, or None."""
        return next(self.starting(start), None)

    def starting(self, start: bytes) -> Iterator[bytes]:
        """Yield the lines that begin with some bytes, in their order."""
        place = self._place(start)
        while self._text[place : place + len(start)] == start:
            end = self._text.find(b"\n", place)
            yield self._text[place:end]
            place = end + 1

    def _place(self, sought: bytes) -> int:
        """Return where the first line begins that is not before the bytes sought."""
        low, high = 0, len(self._text)
        while low < high:
            begin = self._text.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self._text.find(b"\n", begin)
            if self._text[begin:end] < sought:
                low = end + 1
            else:
                high = begin
        return low
