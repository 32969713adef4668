"""A dossier as a workbook and back is the same; faults name the sheet and the cell."""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from compliance.attachments.refused import CannotRead
from compliance.dossier.parsing import parse
from compliance.dossier.pointer import ROOT
from compliance.dossier.stored import Canonical
from compliance.forms.answers import ABSENT, entered
from compliance.forms.shape import dossier_shape
from compliance.language import LANGUAGES, Language
from compliance.workbooks.layout import sheets
from compliance.workbooks.reading import ReadWorkbook, read_workbook
from compliance.workbooks.writing import FIRST_ROW, write_workbook
from tests.building import a_document, parsed
from tests.forms.test_round_trip import KINDS, SLOW, declared
from tests.rules.random_dossiers import any_document, nearly_complete_document


def read(content: bytes) -> ReadWorkbook:
    return read_workbook(io.BytesIO(content))


def normal(tree: Any) -> str:
    return parse(Canonical.of(tree).text.encode()).canonical.text


def trees(workbook: ReadWorkbook, *before: Any) -> list[Any]:
    bases = before or [ABSENT] * len(workbook.filings)
    return [
        entered(dossier_shape(), ROOT, each.answers, base) for each, base in zip(workbook.filings, bases, strict=True)
    ]


def edited(content: bytes, changes: dict[tuple[str, str], Any]) -> bytes:
    """Return a workbook with some cells changed, as a spreadsheet saves it."""
    book = load_workbook(io.BytesIO(content))
    for (sheet, cell), value in changes.items():
        name = next(name for name in book.sheetnames if name.startswith(sheet))
        book[name][cell] = value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_comes_back_as_it_was(language: Language) -> None:
    texts = [parsed(kind).canonical.text for kind in KINDS]
    documents = [json.loads(text) for text in texts]
    workbook = read(write_workbook([("", document) for document in documents], language))
    assert workbook.faults == []
    assert [normal(tree) for tree in trees(workbook, *documents)] == texts


def test_a_workbook_of_new_filings_says_the_same() -> None:
    documents = [json.loads(parsed(kind).canonical.text) for kind in KINDS]
    workbook = read(write_workbook([("", document) for document in documents], "zh"))
    assert [declared(json.loads(normal(tree))) for tree in trees(workbook)] == [
        declared(document) for document in documents
    ]


@settings(deadline=None, max_examples=8, suppress_health_check=SLOW)
@given(any_document() | nearly_complete_document())
def test_any_dossier_comes_back_as_it_was(document: Any) -> None:
    text = normal(document)
    workbook = read(write_workbook([("", json.loads(text))], "en"))
    assert workbook.faults == []
    assert [normal(tree) for tree in trees(workbook, json.loads(text))] == [text]


def test_what_a_spreadsheet_makes_of_values_is_understood() -> None:
    document = json.loads(parsed("generative").canonical.text)
    content = write_workbook([("", document)], "zh")
    service = next(layout for layout in sheets() if layout.name.startswith("服务"))
    columns = {column.pattern: i for i, column in enumerate(service.columns, 2)}

    def cell(pattern: str) -> tuple[str, str]:
        return "服务", f"{get_column_letter(columns[pattern])}{FIRST_ROW}"

    changes = {
        cell("/service/launched_on"): datetime.date(2026, 3, 1),
        cell("/service/registered_users"): 12160,
        cell("/service/public"): True,
        cell("/service/domain"): "Medical",
        cell("/service/functions"): "对话;文本生成",
    }
    (tree,) = trees(read(edited(content, changes)), document)
    given = {
        name: tree["service"][name] for name in ("launched_on", "registered_users", "public", "domain", "functions")
    }
    assert given == {
        "launched_on": "2026-03-01",
        "registered_users": 12160,
        "public": True,
        "domain": "medical",
        "functions": ["dialogue", "text_generation"],
    }


def test_a_formula_is_stored_as_the_text_that_it_is() -> None:
    document = a_document("registration", {"/service/description": '=HYPERLINK("http://x","y")'})
    content = write_workbook([("", document)], "en")
    book = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=HYP")]
    assert [cell.data_type for cell in cells] in (["s"], ["f"])
    assert b"<f>" not in b"".join(_members(content))
    assert trees(read(content), document)[0]["service"]["description"] == '=HYPERLINK("http://x","y")'


def _members(content: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [package.read(name) for name in package.namelist() if "worksheets/sheet" in name]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({("训练语料", f"A{FIRST_ROW}"): "7"}, ("训练语料 Corpora", f"A{FIRST_ROW}", "has the number “7”")),
        ({("训练语料", f"B{FIRST_ROW}"): "9"}, ("训练语料 Corpora", f"B{FIRST_ROW}", "no entry with the number “9”")),
        (
            {("服务", f"A{FIRST_ROW + 1}"): "1", ("服务", f"B{FIRST_ROW + 1}"): "x"},
            ("服务 Service", f"A{FIRST_ROW + 1}", "a row above"),
        ),
    ],
)
def test_a_row_that_belongs_nowhere_is_named(changes: Any, fault: tuple[str, str, str]) -> None:
    content = write_workbook([("", a_document("generative"))], "en")
    (found,) = read(edited(content, changes)).faults
    assert (found.sheet, found.cell) == fault[:2]
    assert fault[2] in found.message("en")


@pytest.mark.parametrize("content", [b"", b"not a workbook"], ids=["empty", "text"])
def test_what_is_no_workbook_is_named(content: bytes) -> None:
    (fault,) = read(content).faults
    assert "not a workbook" in fault.message("en")


@pytest.mark.parametrize(
    ("content", "code"), [(b"PK\x03\x04broken", "damaged"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "old_workbook")]
)
def test_a_broken_or_old_workbook_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(CannotRead) as refused:
        read(content)
    assert refused.value.unreadable.code == code


def test_a_deleted_sheet_leaves_its_fields_as_they_are() -> None:
    document = json.loads(parsed("generative").canonical.text)
    book = load_workbook(io.BytesIO(write_workbook([("", document)], "en")))
    del book["训练语料 Corpora"]
    saved = io.BytesIO()
    book.save(saved)
    assert normal(trees(read(saved.getvalue()), document)[0]) == parsed("generative").canonical.text


def test_an_emptied_cell_removes_its_value() -> None:
    document = json.loads(parsed("generative").canonical.text)
    content = write_workbook([("", document)], "en")
    first = next(layout for layout in sheets() if layout.name.startswith("备案主体"))
    assert first.columns[0].pattern == "/applicant/name"
    (tree,) = trees(read(edited(content, {("备案主体", f"B{FIRST_ROW}"): None})), document)
    assert "name" not in tree["applicant"]
