"""Counting the rows of keyword lists and question banks: distinct and not empty, in all and by class."""

from __future__ import annotations

import re
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
from compliance.attachments.headings import ANSWER, FIRST, OUTCOME, SECOND, Columns, below_headings
from compliance.attachments.refused import CannotRead
from compliance.attachments.sheets import Formula, Row, Sheet

# So many different unknown classes are kept; whoever mends them is told the next.
MOST_UNKNOWN = 100
SHOWN = 60
_YES = frozenset({"合格", "是", "通过", "符合", "y", "yes", "true", "1", "√", "✓", "✔", "pass", "passed"})
_NO = frozenset(
    {"不合格", "否", "不通过", "未通过", "不符合", "n", "no", "false", "0", "×", "x", "✗", "✘", "fail", "failed"}
)
_NO_WORDS = ("不合格", "不通过", "未通过", "不符合", "不合规", "否")
_YES_WORDS = ("合格", "通过", "已通过", "符合", "是")
_NOT_TO_REFUSE = re.compile("(?:非|不|无需|不应|不该|不必)[该当应]?拒|可回答|应回答|应答")
_MARKS = re.compile(r"[\s。.!！、,，;；:：()（）\[\]【】]+")
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


def bank_named(name: str) -> str | None:
    """Which bank of refusal questions a name tells of; None for neither."""
    bare = "".join(unicodedata.normalize("NFKC", name).split())
    if _NOT_TO_REFUSE.search(bare):
        return NON_REFUSAL_QUESTIONS
    return REFUSAL_QUESTIONS if "拒答" in bare or "拒绝回答" in bare else None


def _either(first: str, second: str) -> str | None:
    """A table without a name may be any bank; whose it is, its file's name tells where it is listed."""
    return risk_of(first, second) or aspect_of(first, second)


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
        class_of = aspect_of if name == NON_REFUSAL_QUESTIONS else risk_of if sheet.name else _either
        for row in rows:
            look(sheet.name, row, columns)
            self._add_row(count, sheet.name, row, columns, class_of)

    def _bank_of(self, sheet: str, columns: Columns) -> str:
        """Which bank a sheet is: by its headings, then by its name; a second one without a telling name is the same."""
        return KEYWORDS if columns.is_of_keywords else bank_named(sheet) or QUESTIONS

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
        line = (_seen_as(text), known or f"{first} {second}")
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


def _seen_as(text: str) -> str:
    """A text as people see it: characters that cannot be seen make no other keyword."""
    written = unicodedata.normalize("NFKC", text)
    return written if written.isascii() else "".join(each for each in written if unicodedata.category(each) != "Cf")


def _refuse_formulas(sheet: str, row: Row, columns: Columns) -> None:
    """What is counted must be written, not computed; other columns may hold formulas, such as a running number."""
    number, cells = row
    for meaning, place in columns.places.items():
        if meaning != ANSWER and place < len(cells) and isinstance(cells[place], Formula):
            raise CannotRead("formula", sheet=sheet, row=number)


def _add_outcome(count: _Count, written: str) -> None:
    """A remark may stand behind an outcome: 不合格（已整改） is a no."""
    outcome = _MARKS.sub("", unicodedata.normalize("NFKC", written)).casefold()
    is_no = outcome in _NO or outcome.startswith(_NO_WORDS)
    is_yes = not is_no and (outcome in _YES or outcome.startswith(_YES_WORDS))
    count.answered += is_no or is_yes
    count.passed += is_yes


def counted(sheets: Iterable[Sheet], look: Look) -> Counts:
    """Count all sheets of a file. Raises CannotRead."""
    counts = Counts()
    for sheet in sheets:
        counts.add(sheet, look)
    return counts
