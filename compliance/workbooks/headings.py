"""Recognizing the sheets of a workbook by their headings."""

from __future__ import annotations

from functools import cache

from compliance.forms.wording import hint
from compliance.workbooks.layout import SheetLayout, keys_of, labels_of_columns, sheets


def recognized(name: str, cells: list[str]) -> tuple[SheetLayout | None, dict[str, int]]:
    """Return the layout of a sheet and its columns, if this is its row of headings: the hidden one, or that of the labels."""
    best: tuple[SheetLayout | None, dict[str, int]] = (None, {})
    for layout in sheets():
        keys, labels = keys_of(layout), labels_of_columns(layout)
        known = {key: key for key in keys}
        known |= {label.zh: key for key, label in zip(keys, labels, strict=True)}
        known |= {label.en: key for key, label in zip(keys, labels, strict=True)}
        columns = {known[text.strip()]: i for i, text in reversed(list(enumerate(cells))) if text.strip() in known}
        is_fields = any(not key.startswith("#") for key in columns)
        if is_fields and (len(columns) > len(best[1]) or (len(columns) == len(best[1]) and layout.name == name)):
            best = (layout, columns)
    return best


def is_heading(cells: list[str], layout: SheetLayout) -> bool:
    """Whether a row below the first one repeats headings or hints."""
    texts = [text.strip() for text in cells if text.strip()]
    labels = labels_of_columns(layout)
    if not texts:
        return True
    if len(texts) > 1 and all(any(text in (label.zh, label.en) for label in labels) for text in texts):
        return True
    return all(" / " in text and text in _hints() for text in texts)


@cache
def _hints() -> frozenset[str]:
    hints = {hint(column.field) for layout in sheets() for column in layout.columns}
    return frozenset(f"{each.zh} / {each.en}" for each in hints if each.zh)
