"""What the cells of a workbook say, as a form would send it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from compliance.forms.shape import Entry
from compliance.forms.values import labels_of, value_of
from compliance.workbooks.layout import Column, SheetLayout

_SEPARATORS = re.compile(r"[;；、\n]|,(?=\s)|，")
# Day 1 of the numbers by which spreadsheets count days is 1899-12-31; they count a 29 February 1900 that never was.
_DAY_ZERO = date(1899, 12, 30)
_DAY_NUMBER = re.compile(r"[1-9][0-9]{4}(?:\.0+)?")


def answers_of(text: str, column: Column) -> list[str]:
    """Return what a cell says as a form would send it: codes instead of labels, days instead of numbers of days."""
    entry = column.field.entry
    if entry is Entry.CODES:
        parts = [part.strip() for part in _SEPARATORS.split(text)] if text.strip() else []
        return ["", *(_code(part, column) for part in _joined(parts, column) if part)]
    if entry is Entry.DAY and _DAY_NUMBER.fullmatch(text.strip()):
        return [(_DAY_ZERO + timedelta(days=int(float(text)))).isoformat()]
    return [_code(text, column) if labels_of(column.field) else text]


def _joined(parts: list[str], column: Column) -> Iterator[str]:
    """Put parts together again where a label itself holds a separator."""
    labels = {label.in_(language) for label in labels_of(column.field).values() for language in ("zh", "en")}
    held = ""
    for part in parts:
        candidate = f"{held}、{part}" if held else part
        is_beginning = any(label != candidate and label.startswith(f"{candidate}、") for label in labels)
        if is_beginning:
            held = candidate
        else:
            yield candidate
            held = ""
    if held:
        yield held


def _code(text: str, column: Column) -> str:
    value = value_of(text, column.field)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else text


def code_of(text: str, layout: SheetLayout) -> str | None:
    plain = text.strip()
    names = {name: code for code, label in layout.codes for name in (code, label.zh, label.en)}
    return names.get(plain) or names.get(plain.partition(" ")[0])


def plain_number(text: str) -> str:
    """Return the number of a row; a spreadsheet may have written it as 1.0."""
    plain = text.strip()
    return plain[:-2] if re.fullmatch(r"[0-9]+\.0", plain) else plain
