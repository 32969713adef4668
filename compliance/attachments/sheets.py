"""A table as the counting sees it, whatever file it came from: sheets of numbered rows of texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

# More rows than any library that was ever filed; beyond them a file is not read on.
MOST_ROWS = 200_000
MOST_SHEETS = 50
# So many blank rows after one another end a sheet: many workbooks are formatted down to their last possible row.
MOST_BLANK_ROWS = 20_000
MOST_COLUMNS = 100
MOST_CHARACTERS = 32_767


class Formula(str):
    """A cell that is computed; its text is the value that was computed last."""

    __slots__ = ()


Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its name (empty where the file has none) and its rows as they are read."""

    name: str
    rows: Iterator[Row]
