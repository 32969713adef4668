"""Writing dossiers as a workbook: labels in both languages, closed lists as drop-downs, everything as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from compliance.dossier.pointer import Pointer
from compliance.forms.answers import ABSENT
from compliance.forms.sections import tree_at
from compliance.forms.shape import Entry, Field
from compliance.forms.values import labels_of, text_of
from compliance.forms.wording import hint_of
from compliance.language import Bilingual, Language
from compliance.workbooks.layout import (
    ANY,
    LISTS,
    VERSION,
    Column,
    SheetLayout,
    is_first,
    keys_of,
    labels_of_columns,
    placed,
    sheets,
)

HEADER_ROWS = 4
FIRST_ROW = HEADER_ROWS + 1
# Drop-downs reach this far below the rows that are written.
MORE_ROWS = 200
LONGEST_CELL = 32_767
_HEAD = PatternFill("solid", fgColor="E8EEF9")
_WIDTHS = {Entry.TEXT: 28, Entry.TEXTS: 28, Entry.CODES: 24, Entry.CODE: 18}
# Characters that a workbook cannot hold as they are; they are written as _xHHHH_ (ECMA-376 part 1 §22.9.2.19).
_NOT_PLAIN = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_GUIDE = (
    Bilingual(
        "One row for each filing in the sheets of sections; one row for each entry in the sheets of lists.",
        "各部分工作表中每项申报一行；各列表工作表中每个条目一行。",
    ),
    Bilingual(
        "“Filing no.” joins the rows of one filing. Models are numbered in the order of their rows; corpora and other entries "
        "name the number of their model.",
        "“申报序号”相同的行属于同一申报。模型按行的先后编号，训练语料等条目填写所属模型的序号。",
    ),
    Bilingual(
        "Leave the case number empty for a new filing. To change a filing, download its workbook: it has the case number, and is "
        "taken as long as nobody changes the filing meanwhile. An emptied cell removes its value, a deleted sheet or column leaves "
        "its fields as they are.",
        "新申报的案号留空。修改已有申报请下载其工作簿（已带案号），他人未作修改期间可以上传。清空单元格即删除该值，删除整张"
        "工作表或者整列则相应字段不变。",
    ),
    Bilingual(
        "Several values of a list in one cell are separated by ; or a new line.",
        "同一单元格中的多个选项以分号或者换行分隔。",
    ),
    Bilingual(
        "Do not change the first, hidden row: it says which field a column holds.",
        "请勿修改隐藏的第一行，该行标明各列对应的字段。",
    ),
)


Written = tuple[str, Any] | tuple[str, Any, str]


class TooLongForACell(ValueError):
    """A text is longer than a cell can be; a spreadsheet would cut it."""


def write_workbook(documents: Sequence[Written], language: Language) -> bytes:
    """
    Return a workbook (xlsx) with dossiers, each given as a case number, or an empty text, and a tree, and the hash of the dossier
    if it has a case number. The same dossiers give the same cells. Raises TooLongForACell.
    """
    book = Workbook()
    guide = book.active
    assert isinstance(guide, Worksheet)
    _write_guide(guide)
    lists = book.create_sheet(LISTS)
    ranges: dict[str, str] = {}
    for layout in sheets():
        sheet = book.create_sheet(layout.name)
        _write_header(sheet, layout)
        count = _write_rows(sheet, layout, documents, language)
        _add_drop_downs(sheet, layout, count, lists, ranges)
    book.move_sheet(lists, offset=len(sheets()))
    lists.sheet_state = "hidden"
    output = BytesIO()
    book.save(output)
    return output.getvalue()


def _write_guide(sheet: Worksheet) -> None:
    sheet.title = "说明 Guide"
    sheet.column_dimensions["A"].width = 110
    for row, text in enumerate(_GUIDE, 1):
        for offset, label in enumerate((text.zh, text.en)):
            cell = sheet.cell(row * 3 - 2 + offset, 1, label)
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _write_header(sheet: Worksheet, layout: SheetLayout) -> None:
    fields: list[Field | None] = [None] * (len(keys_of(layout)) - len(layout.columns))
    every = [*fields, *(column.field for column in layout.columns)]
    for number, (key, label, field) in enumerate(
        zip(keys_of(layout), labels_of_columns(layout), every, strict=True), 1
    ):
        hint = "" if field is None else " / ".join(filter(None, (hint_of(field, "zh"), hint_of(field, "en"))))
        for row, text in enumerate((key, label.zh, label.en, hint), 1):
            head = sheet.cell(row, number, text)
            head.fill, head.alignment = _HEAD, Alignment(wrap_text=True, vertical="top")
            head.font = Font(bold=row == 2, size=9 if row == HEADER_ROWS else 11, italic=row == HEADER_ROWS)
        width = 12 if field is None else _WIDTHS.get(field.entry, 16)
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.row_dimensions[1].hidden = True
    if is_first(layout):
        sheet.column_dimensions[get_column_letter(keys_of(layout).index(VERSION) + 1)].hidden = True
    sheet.freeze_panes = f"{get_column_letter(len(layout.numbers) + 1)}{FIRST_ROW}"


def _write_rows(sheet: Worksheet, layout: SheetLayout, documents: Sequence[Written], language: Language) -> int:
    row = FIRST_ROW
    for number, (case, document, *version) in enumerate(documents, 1):
        for texts in _rows_of(layout, str(number), [case, *(version or [""])], document, language):
            for column, text in enumerate(texts, 1):
                _write_text(sheet.cell(row, column), text)
            row += 1
    return row - FIRST_ROW


def _write_text(cell: Cell | MergedCell, text: str) -> None:
    """Write a text as a text: nothing that a filer wrote becomes a formula."""
    cell.number_format = "@"
    if len(text) > LONGEST_CELL:
        raise TooLongForACell(text)
    if text:
        cell.value = _NOT_PLAIN.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text="\n" in text, vertical="top")


def _rows_of(
    layout: SheetLayout, number: str, case: list[str], document: Any, language: Language
) -> Iterator[list[str]]:
    if layout.codes:
        for code, label in layout.codes:
            counts = [
                _text(Pointer(column.pattern.replace(ANY, code)), column, document, language)
                for column in layout.columns
            ]
            yield [number, label.in_(language), *counts]
    elif not layout.pattern:
        own = [number, *case] if is_first(layout) else [number]
        yield [*own, *(_text(Pointer(column.pattern), column, document, language) for column in layout.columns)]
    else:
        for numbers, _at in _entries(layout.pattern, document):
            texts = [_text(placed(column.pattern, numbers), column, document, language) for column in layout.columns]
            yield [number, *(str(outer + 1) for outer in numbers[:-1]), *texts]


def _entries(pattern: str, document: Any) -> Iterator[tuple[tuple[int, ...], Pointer]]:
    """Yield the entries of a list, which may lie within entries of another list, with their numbers and their places."""
    outer, _star, inner = pattern.rpartition(f"/{ANY}")
    if not outer:
        yield from _entries_at(Pointer(pattern), document, ())
        return
    for numbers, at in _entries(outer, document):
        yield from _entries_at(Pointer(f"{at}{inner}"), document, numbers)


def _entries_at(at: Pointer, document: Any, numbers: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Pointer]]:
    entries = tree_at(document, at)
    for i in range(len(entries) if isinstance(entries, list) else 0):
        yield (*numbers, i), at / i


def _text(at: Pointer, column: Column, document: Any, language: Language) -> str:
    value = tree_at(document, at)
    if column.says_none:
        return labels_of(column.field)["true"].in_(language) if value == [] else ""
    if value is ABSENT or value is None:
        return ""
    labels = labels_of(column.field)
    if isinstance(value, list):
        shown = [labels[item].in_(language) if item in labels else str(item) for item in value]
        return ("\n" if column.field.entry is Entry.TEXTS else "; ").join(shown)
    text = text_of(value, column.field)
    return labels[text].in_(language) if text in labels else text


def _add_drop_downs(
    sheet: Worksheet, layout: SheetLayout, count: int, lists: Worksheet, ranges: dict[str, str]
) -> None:
    """Give the columns of closed lists a drop-down, whose values stand in a hidden sheet."""
    first = len(keys_of(layout)) - len(layout.columns)
    for number, column in enumerate(layout.columns, first + 1):
        labels = labels_of(column.field)
        if not labels or column.field.entry is Entry.CODES:
            continue
        values = [label for code in labels for label in dict.fromkeys((labels[code].zh, labels[code].en))]
        letter = get_column_letter(number)
        drop_down = DataValidation(type="list", formula1=_range_of(values, lists, ranges), allow_blank=True)
        drop_down.showErrorMessage = False
        drop_down.add(f"{letter}{FIRST_ROW}:{letter}{FIRST_ROW + count + MORE_ROWS}")
        sheet.add_data_validation(drop_down)


def _range_of(values: list[str], lists: Worksheet, ranges: dict[str, str]) -> str:
    key = "\n".join(values)
    if key not in ranges:
        column = len(ranges) + 1
        for row, value in enumerate(values, 1):
            lists.cell(row, column, value)
        letter = get_column_letter(column)
        ranges[key] = f"{quote_sheetname(LISTS)}!${letter}$1:${letter}${len(values)}"
    return ranges[key]
