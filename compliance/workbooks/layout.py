"""
The layout of a workbook with dossiers: a sheet for each section and each list, a column for each field, a row for each filing or
entry. Derived from the shape of the dossier.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from compliance.dossier.pointer import ROOT, Pointer
from compliance.forms.answers import SAYING_NONE
from compliance.forms.sections import all_sections
from compliance.forms.shape import Entry, Field, Node, Part, Rows, dossier_shape
from compliance.language import Bilingual

# Stands in the place of the number of an entry.
ANY = "*"
FILING_NUMBER = Bilingual("Filing no.", "申报序号")
CASE_NUMBER = Bilingual("Case number (empty: a new filing)", "案号（留空为新申报）")
CASE = "case_number"
# The hash of the dossier that the workbook was made from, in a hidden column beside the case number.
VERSION = "version"
VERSION_LABEL = Bilingual("Version (do not change)", "版本（请勿修改）")
# The hidden sheet with the values of the drop-downs.
LISTS = "lists"
NONE_NEEDED_LABEL = Bilingual("No permit is needed", "无需前置许可")
_YES_NO = Field("none_needed", NONE_NEEDED_LABEL, Entry.YES_NO)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the pattern of its field, with `*` for the number of an entry, its label and what is entered."""

    pattern: str
    label: Bilingual
    field: Field

    @property
    def says_none(self) -> bool:
        return self.pattern in SAYING_NONE and self.field is _YES_NO


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """
    A sheet. `pattern` is the list whose entries are its rows, and empty for a sheet with a row for each filing. `numbers` are
    the labels of the columns that say to which filing, and to which entry of an outer list, a row belongs.
    """

    title: Bilingual
    pattern: str
    numbers: tuple[Bilingual, ...]
    columns: tuple[Column, ...]
    # The sheet of counts by risk or aspect has a row for each code.
    codes: tuple[tuple[str, Bilingual], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.title.zh} {self.title.en}"[:31]


@cache
def sheets() -> tuple[SheetLayout, ...]:
    """Return the layouts of all sheets, in the order of the dossier."""
    return tuple(_sections()) + tuple(_lists(dossier_shape(), ROOT, (FILING_NUMBER,))) + tuple(_counts())


def _sections() -> Iterator[SheetLayout]:
    """Yield a sheet for each section that a dossier has once."""
    for section in all_sections({}):
        columns = tuple(_columns(section.part, section.at))
        if columns:
            yield SheetLayout(section.title, "", (FILING_NUMBER,), columns)


def _lists(node: Node, at: Pointer, numbers: tuple[Bilingual, ...]) -> Iterator[SheetLayout]:
    if isinstance(node, Rows):
        below = at / ANY
        columns = tuple(_columns(node.item, below))
        title = Bilingual(node.label.en[:1].upper() + node.label.en[1:], node.label.zh)
        yield SheetLayout(title, at, numbers, columns)
        yield from _lists(node.item, below, (*numbers, _number_of(node)))
    elif isinstance(node, Part):
        for name, child in node.children.items():
            yield from _lists(child, at / name, numbers)


def _number_of(rows: Rows) -> Bilingual:
    return Bilingual(f"No. in “{rows.label.en}”", f"{rows.label.zh}序号")


def _columns(node: Node, at: Pointer) -> Iterator[Column]:
    """Yield the columns of a part, those of its inner parts too, but not those of lists and of counts by code."""
    if isinstance(node, Field):
        yield Column(at, node.label, node)
    elif isinstance(node, Rows):
        if at in SAYING_NONE:
            yield Column(at, NONE_NEEDED_LABEL, _YES_NO)
    elif not is_counts(node):
        for name, child in node.children.items():
            inner = _columns(child, at / name)
            yield from (_inside(child, column) for column in inner) if isinstance(child, Part) else inner


def _inside(part: Part, column: Column) -> Column:
    """Return a column of an inner part, named after both."""
    label = Bilingual(f"{part.label.en} › {column.label.en}", f"{part.label.zh} › {column.label.zh}")
    return Column(column.pattern, label, column.field)


def is_counts(node: Node) -> bool:
    """Whether a part counts by risk or by aspect."""
    return isinstance(node, Part) and node.name in ("per_risk", "per_aspect")


def _counts() -> Iterator[SheetLayout]:
    """Yield a sheet for the counts by risk, and one for those by aspect: a row for each, a column for each bank."""
    titles = {
        "per_risk": Bilingual("Counts by risk", "按风险计数"),
        "per_aspect": Bilingual("Counts by aspect", "按方面计数"),
    }
    assessment = dossier_shape().children["assessment"]
    assert isinstance(assessment, Part)
    for name, title in titles.items():
        banks = [bank for bank in assessment.children.values() if isinstance(bank, Part) and name in bank.children]
        parts = [part for bank in banks if isinstance(part := bank.children[name], Part)]
        columns = tuple(
            Column(ROOT / "assessment" / bank.name / name / ANY, bank.label, Field(name, bank.label, Entry.COUNT))
            for bank in banks
        )
        codes = tuple((code, field.label) for code, field in parts[0].children.items())
        yield SheetLayout(title, "", (FILING_NUMBER,), columns, codes)


def keys_of(layout: SheetLayout) -> list[str]:
    """Return what stands in the hidden first row of a sheet: the pattern of each field, and names for the numbers."""
    keys = [f"#{i}" for i in range(len(layout.numbers))]
    if layout.codes:
        keys.append("#code")
    if is_first(layout):
        keys += [CASE, VERSION]
    return [*keys, *(_key(column) for column in layout.columns)]


def _key(column: Column) -> str:
    return f"{column.pattern}#none" if column.says_none else column.pattern


def is_first(layout: SheetLayout) -> bool:
    return layout is sheets()[0]


def labels_of_columns(layout: SheetLayout) -> list[Bilingual]:
    labels = list(layout.numbers)
    if layout.codes:
        labels.append(layout.title)
    if is_first(layout):
        labels += [CASE_NUMBER, VERSION_LABEL]
    return [*labels, *(column.label for column in layout.columns)]


def placed(pattern: str, numbers: Sequence[int | str]) -> Pointer:
    """Return the place of a column in an entry: its pattern with the numbers of the entry and of those around it."""
    left, at = iter(numbers), ROOT
    for step in pattern.split("/")[1:]:
        at = at / (next(left) if step == ANY else step)
    return at
