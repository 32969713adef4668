"""Cells as a reader sees them on pages and paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from compliance.reports.catalog import Column, ColumnType
from compliance.reports.shown import shown_moment


def shown_cell(cell: Any, column: Column) -> str:
    """Return a cell as text: moments to the minute in Asia/Shanghai, numbers with separators."""
    if cell is None:
        return ""
    if column.type == ColumnType.MOMENT:
        return shown_moment(datetime.fromisoformat(cell))[:16] if cell else ""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return f"{cell:,}"
    return str(cell)
