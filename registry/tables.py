"""Tables as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

_BEGINS_A_FORMULA = frozenset("=+-@\t\r")


def harmless(value: Any) -> Any:
    """Escape a value so that text written by a filer cannot become a formula in a spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value and value[0] in _BEGINS_A_FORMULA else value


def csv_rows(rows: Iterable[Iterable[Any]]) -> str:
    """Return rows as CSV."""
    output = io.StringIO()
    csv.writer(output).writerows([harmless(value) for value in row] for row in rows)
    return output.getvalue()


def csv_table(headings: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """Return a table as CSV with a byte-order mark, by which Excel recognizes UTF-8."""
    return "\ufeff" + csv_rows([list(headings), *rows])
