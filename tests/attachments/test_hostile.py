"""Damaged and hostile files give a finding that names the fault, never an exception, and reading is bounded."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.attachments import packages, sheets
from compliance.attachments.reading import read
from tests.attachments.files import (
    A1A,
    KEYWORD_HEADINGS,
    QUESTION_HEADINGS,
    a_docx,
    a_package,
    a_pdf,
    a_raw_workbook,
    a_workbook,
    contents,
    fault,
)

A_LIST = a_workbook({"关键词": [KEYWORD_HEADINGS, ["词一", *A1A]]})
HEADINGS = '<row r="1"><c t="inlineStr"><is><t>关键词</t></is></c><c t="inlineStr"><is><t>二级分类</t></is></c></row>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def test_the_size_of_a_zip_bomb_is_checked_before_it_is_unpacked():
    bomb = a_package({"xl/workbook.xml": b" " * (packages.MOST_UNPACKED + 1)})
    assert len(bomb) < 1_000_000
    assert fault(bomb) == ("too_large", {"found": 200, "asked": 200})


def test_a_bomb_that_declares_too_little_is_damaged():
    bomb = bytearray(a_raw_workbook(" " * 50_000_000))
    place = bomb.rindex(b"xl/worksheets/sheet1.xml") - 46
    bomb[place + 24 : place + 28] = (1_000).to_bytes(4, "little")
    assert fault(bytes(bomb))[0] == "damaged"


def test_too_many_members_are_not_read():
    assert fault(a_package({f"{i}": b"" for i in range(packages.MOST_MEMBERS + 1)}))[0] == "too_many_members"


def test_two_million_rows_are_not_read_to_the_end():
    rows = "".join(f"<row><c><v>{i}</v></c></row>" for i in range(2_000_000))
    assert fault(a_raw_workbook(HEADINGS + rows)) == ("too_many_rows", {"sheet": "表", "asked": sheets.MOST_ROWS})


def test_too_many_lines_of_a_text_table_are_not_read():
    file = "关键词,二级分类\n".encode() + b"a,A.1.a\n" * (sheets.MOST_ROWS + 1)
    assert fault(file) == ("too_many_rows", {"sheet": "", "asked": sheets.MOST_ROWS})


def test_a_cell_at_the_far_corner_is_ignored():
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert contents(a_raw_workbook(HEADINGS + far)).banks["keywords"].total == 0


@pytest.mark.parametrize("heading", ["关键词", "一级分类", "二级分类"])
def test_a_formula_in_a_counted_column_is_reported_with_its_row(heading):
    row = ["词一", *A1A]
    row[KEYWORD_HEADINGS.index(heading)] = '="词"&"一"'
    file = a_workbook({"词库": [KEYWORD_HEADINGS, ["词", *A1A], row]})
    assert fault(file) == ("formula", {"sheet": "词库", "row": 3})


def test_a_running_number_may_be_a_formula():
    file = a_workbook({"生成内容测试题": [QUESTION_HEADINGS, ["=ROW()-1", "题", *A1A, "答", "合格"]]})
    assert contents(file).banks["questions"].total == 1


def test_an_encrypted_workbook_is_reported():
    assert fault(OLE + "EncryptedPackage".encode("utf-16-le")) == ("encrypted", {})


def test_an_old_workbook_is_reported():
    assert fault(OLE + "Workbook".encode("utf-16-le")) == ("old_workbook", {})


def test_an_encrypted_member_is_reported():
    file = bytearray(A_LIST)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := file.find(mark, start)) >= 0:
            file[start + place] |= 1
            start += 4
    assert fault(bytes(file)) == ("encrypted", {})


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_damaged(kept):
    assert fault(A_LIST[: int(len(A_LIST) * kept)])[0] == "damaged"


def test_a_workbook_whose_xml_ends_early_is_damaged():
    assert fault(a_raw_workbook(HEADINGS + "<row><c>"))[0] == "damaged"


def test_a_document_type_is_refused():
    laughs = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    assert fault(a_raw_workbook("<row><c t='inlineStr'><is><t>&b;</t></is></c></row>", head=laughs)) == (
        "damaged",
        {"detail": "DOCTYPE"},
    )


def test_too_many_sheets_are_not_read():
    file = a_workbook({f"表{i}": [KEYWORD_HEADINGS] for i in range(sheets.MOST_SHEETS + 1)})
    assert fault(file) == ("too_many_sheets", {"found": sheets.MOST_SHEETS + 1, "asked": sheets.MOST_SHEETS})


def test_a_huge_cell_is_reported_with_its_row():
    huge = "长" * (sheets.MOST_CHARACTERS + 1)
    row = f'<row r="2"><c t="inlineStr"><is><t>{huge}</t></is></c></row>'
    assert fault(a_raw_workbook(HEADINGS + row)) == (
        "long_line",
        {"sheet": "表", "row": 2, "asked": sheets.MOST_CHARACTERS},
    )
    table = f"关键词,二级分类\n{huge},A.1.a\n".encode()
    assert fault(table)[0] == "long_line"


def test_bytes_in_an_unknown_encoding_are_reported():
    assert fault(b"\xff\xfe" + "关键词".encode("utf-16-le")) == ("unknown_encoding", {})
    assert fault("关键词,二级分类\n".encode() + b"\xff\xff\xff") == ("unknown_encoding", {})


def test_a_table_truncated_within_a_character_is_damaged():
    assert fault("关键词,二级分类\n词一,A.1.a\n词".encode()[:-1]) == ("damaged", {"detail": "utf-8-sig"})


def test_an_overlong_number_is_ignored():
    nines = "9" * 5_000
    row = f'<row r="{nines}"><c r="A{nines}" t="s"><v>{nines}</v></c></row>'
    assert contents(a_raw_workbook(HEADINGS + row)).banks["keywords"].total == 0


def test_an_unpaired_surrogate_is_not_stored():
    row = '<row><c t="inlineStr"><is><t>词</t></is></c><c t="inlineStr"><is><t>_xD800__x0000_类</t></is></c></row>'
    stored = contents(a_raw_workbook(HEADINGS + row)).plain()
    assert stored["unknown_classes"] == [{"sheet": "表", "row": 2, "value": "类", "rows": 1}]


@pytest.mark.parametrize("file", [b"", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, b"%PDF-1.4", a_pdf("hello"), a_docx("正文")])
def test_a_file_that_is_not_a_table_has_no_bank(file):
    found = contents(file)
    assert (found.is_table, found.banks) == (False, {})


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_no_damaged_file_raises(data):
    file = bytearray(data.draw(st.sampled_from([A_LIST, a_docx("密码：abc12345"), a_pdf("password: abc12345")])))
    for _ in range(data.draw(st.integers(1, 8))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    read(io.BytesIO(bytes(file[: data.draw(st.integers(0, len(file)))])))


@given(file=st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_bytes_raise(file):
    read(io.BytesIO(file))


@given(xml=st.text(alphabet="<>/rowcvt=\"'s0123A is&;", max_size=80))
@settings(max_examples=150, deadline=None)
def test_no_sheet_raises(xml):
    read(io.BytesIO(a_raw_workbook(HEADINGS + xml)))


def test_the_stream_stays_open_and_intact():
    stream = io.BytesIO(A_LIST)
    read(stream)
    assert not stream.closed
    assert zipfile.is_zipfile(stream)
