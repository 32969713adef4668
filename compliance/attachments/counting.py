"""Count the rows of keyword lists and question banks: distinct, non-empty rows in total and by class."""

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

# The number of different unknown classes that are kept; after these are fixed, the next ones are reported.
MOST_UNKNOWN = 100
SHOWN = 60
_YES = frozenset({"合格", "是", "通过", "符合", "y", "yes", "true", "1", "√", "✓", "✔", "pass", "passed"})
_NO = frozenset(
    {"不合格", "否", "不通过", "未通过", "不符合", "n", "no", "false", "0", "×", "x", "✗", "✘", "fail", "failed"}
)
_NO_PREFIXES = ("不合格", "不通过", "未通过", "不符合", "不合规", "否")
_YES_PREFIXES = ("合格", "通过", "已通过", "符合", "是")
_NOT_TO_REFUSE = re.compile("(?:非|不|无需|不应|不该|不必)[该当应]?拒|可回答|应回答|应答")
_MARKS = re.compile(r"[\s。.!！、,，;；:：()（）\[\]【】]+")
ClassOf = Callable[[str, str], str | None]
Look = Callable[[str, Row, Columns | None], None]


@dataclass(slots=True)
class _Count:
    """A bank while it is being counted."""

    total: int = 0
    answered: int = 0
    passed: int = 0
    by_class: Counter[str] = field(default_factory=Counter)
    counted_rows: set[tuple[str, str]] = field(default_factory=set)

    @property
    def bank(self) -> Bank:
        by_class = dict(sorted(self.by_class.items()))
        return Bank(total=self.total, by_class=by_class, answered=self.answered, passed=self.passed)


def bank_named(name: str) -> str | None:
    """Return which bank of refusal questions a name refers to, or None."""
    bare = "".join(unicodedata.normalize("NFKC", name).split())
    if _NOT_TO_REFUSE.search(bare):
        return NON_REFUSAL_QUESTIONS
    return REFUSAL_QUESTIONS if "拒答" in bare or "拒绝回答" in bare else None


def _either(first: str, second: str) -> str | None:
    """Return the risk or aspect in a table without a name, which may be any bank; the rules identify it by its file name."""
    return risk_of(first, second) or aspect_of(first, second)


class Counts:
    """The counts of a file, one sheet after another."""

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
        """Count a sheet and pass each row to `look`; a sheet without list headings is not counted."""
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
        """Return the bank of a sheet by its headings, then by its name; sheets without a distinctive name share one bank."""
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
            self._add_unknown(sheet, number, second or first)
        line = (_visible_text(text), known or f"{first} {second}")
        if line in count.counted_rows:
            return
        count.counted_rows.add(line)
        count.total += 1
        if known is not None:
            count.by_class[known] += 1
        _add_outcome(count, columns.cell(OUTCOME, cells))

    def _add_unknown(self, sheet: str, row: int, value: str) -> None:
        known = self._unknown.get((sheet, value))
        if known is None and len(self._unknown) >= MOST_UNKNOWN:
            return
        first, rows = (known.row, known.rows) if known else (row, 0)
        self._unknown[sheet, value] = UnknownClass(sheet=sheet, row=first, value=value[:SHOWN], rows=rows + 1)


def _visible_text(text: str) -> str:
    """Return a text without invisible characters, which must not make a different keyword."""
    written = unicodedata.normalize("NFKC", text)
    return written if written.isascii() else "".join(each for each in written if unicodedata.category(each) != "Cf")


def _refuse_formulas(sheet: str, row: Row, columns: Columns) -> None:
    """Refuse formulas in counted columns; other columns, such as a running number, may contain them."""
    number, cells = row
    for meaning, place in columns.places.items():
        if meaning != ANSWER and place < len(cells) and isinstance(cells[place], Formula):
            raise CannotRead("formula", sheet=sheet, row=number)


def _add_outcome(count: _Count, written: str) -> None:
    """Count an outcome, which a remark may follow: 不合格（已整改） is negative."""
    outcome = _MARKS.sub("", unicodedata.normalize("NFKC", written)).casefold()
    is_no = outcome in _NO or outcome.startswith(_NO_PREFIXES)
    is_yes = not is_no and (outcome in _YES or outcome.startswith(_YES_PREFIXES))
    count.answered += is_no or is_yes
    count.passed += is_yes


def counted(sheets: Iterable[Sheet], look: Look) -> Counts:
    """Count all sheets of a file. Raises CannotRead."""
    counts = Counts()
    for sheet in sheets:
        counts.add(sheet, look)
    return counts
