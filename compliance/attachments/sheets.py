"""The common form of tables from any file format: sheets of numbered rows of strings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

# More rows than any library filed so far; reading stops beyond this number.
MOST_ROWS = 200_000
MOST_SHEETS = 50
# This many consecutive blank rows end a sheet: many workbooks are formatted down to the last possible row.
MOST_BLANK_ROWS = 20_000
MOST_COLUMNS = 100
MOST_CHARACTERS = 32_767


class Formula(str):
    """A cell with a formula; its text is the last computed value."""

    __slots__ = ()


Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its name (empty if it has none) and an iterator over its rows."""

    name: str
    rows: Iterator[Row]
