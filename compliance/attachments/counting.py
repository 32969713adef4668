"""Counting the rows of keyword lists and question banks: distinct and not empty, in all and by class."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from compliance.attachments.classes import aspect_of, risk_of
from compliance.attachments.contents import (
    KEYWORDS,
    NON_REFUSAL_QUESTIONS,
    QUESTIONS,
    REFUSAL_QUESTIONS,
    Bank,
    UnknownClass,
)
from compliance.attachments.headings import FIRST, OUTCOME, SECOND, Columns, below_headings
from compliance.attachments.refused import CannotRead
from compliance.attachments.sheets import Formula, Row, Sheet

# So many different unknown classes are kept; whoever mends them is told the next.
MOST_UNKNOWN = 100
SHOWN = 60
_YES = frozenset({"合格", "是", "通过", "符合", "y", "yes", "true", "1", "√", "✓", "✔", "pass", "passed"})
_NO = frozenset(
    {"不合格", "否", "不通过", "未通过", "不符合", "n", "no", "false", "0", "×", "x", "✗", "✘", "fail", "failed"}
)
ClassOf = Callable[[str, str], str | None]
Look = Callable[[str, Row, Columns | None], None]


@dataclass(slots=True)
class _Count:
    """A bank while it is counted."""

    total: int = 0
    answered: int = 0
    passed: int = 0
    by_class: Counter[str] = field(default_factory=Counter)
    seen: set[tuple[str, str]] = field(default_factory=set)

    @property
    def bank(self) -> Bank:
        by_class = dict(sorted(self.by_class.items()))
        return Bank(total=self.total, by_class=by_class, answered=self.answered, passed=self.passed)


class Counts:
    """What the sheets of a file hold, one sheet after another."""

    def __init__(self) -> None:
        self._counts: dict[str, _Count] = {}
        self._unknown: dict[tuple[str, str], UnknownClass] = {}

    @property
    def banks(self) -> dict[str, Bank]:
        return {name: count.bank for name, count in self._counts.items()}

    @property
    def unknown_classes(self) -> tuple[UnknownClass, ...]:
        return tuple(self._unknown.values())

    def add(self, sheet: Sheet, look: Look) -> None:
        """Count a sheet, showing each of its rows to `look`; one without the headings of a list is only shown."""
        columns, rows = below_headings(sheet.rows)
        if columns is None:
            for row in rows:
                look(sheet.name, row, None)
            return
        name = self._bank_of(sheet.name, columns)
        count = self._counts.setdefault(name, _Count())
        class_of = aspect_of if name == NON_REFUSAL_QUESTIONS else risk_of
        for row in rows:
            look(sheet.name, row, columns)
            self._add_row(count, sheet.name, row, columns, class_of)

    def _bank_of(self, sheet: str, columns: Columns) -> str:
        """Which bank a sheet is: by its headings, then by its name; a second one without a telling name is the same."""
        if columns.is_of_keywords:
            return KEYWORDS
        name = "".join(unicodedata.normalize("NFKC", sheet).split())
        if "非拒答" in name or "不应拒答" in name:
            return NON_REFUSAL_QUESTIONS
        return REFUSAL_QUESTIONS if "拒答" in name else QUESTIONS

    def _add_row(self, count: _Count, sheet: str, row: Row, columns: Columns, class_of: ClassOf) -> None:
        number, cells = row
        _refuse_formulas(sheet, row, columns)
        text = cells[columns.text].strip() if columns.text < len(cells) else ""
        if not text:
            return
        first, second = columns.cell(FIRST, cells).strip(), columns.cell(SECOND, cells).strip()
        known = class_of(first, second)
        if known is None:
            self._remember(sheet, number, second or first)
        line = (unicodedata.normalize("NFKC", text), known or f"{first} {second}")
        if line in count.seen:
            return
        count.seen.add(line)
        count.total += 1
        if known is not None:
            count.by_class[known] += 1
        _add_outcome(count, columns.cell(OUTCOME, cells))

    def _remember(self, sheet: str, row: int, value: str) -> None:
        known = self._unknown.get((sheet, value))
        if known is None and len(self._unknown) >= MOST_UNKNOWN:
            return
        first, rows = (known.row, known.rows) if known else (row, 0)
        self._unknown[sheet, value] = UnknownClass(sheet=sheet, row=first, value=value[:SHOWN], rows=rows + 1)


def _refuse_formulas(sheet: str, row: Row, columns: Columns) -> None:
    """What is counted must be written, not computed; other columns may hold formulas, such as a running number."""
    number, cells = row
    for place in columns.places.values():
        if place < len(cells) and isinstance(cells[place], Formula):
            raise CannotRead("formula", sheet=sheet, row=number)


def _add_outcome(count: _Count, written: str) -> None:
    outcome = unicodedata.normalize("NFKC", written).strip().casefold()
    if outcome in _YES or outcome in _NO:
        count.answered += 1
        count.passed += outcome in _YES


def counted(sheets: Iterable[Sheet], look: Look) -> Counts:
    """Count all sheets of a file. Raises CannotRead."""
    counts = Counts()
    for sheet in sheets:
        counts.add(sheet, look)
    return counts
