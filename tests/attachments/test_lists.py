"""Keyword lists and question banks in their usual variants."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import pytest
from openpyxl import Workbook

from compliance.attachments.contents import Bank, UnknownClass
from compliance.attachments.reading import read
from tests.attachments.files import A1A, KEYWORD_HEADINGS, QUESTION_HEADINGS, a_raw_workbook, a_workbook, contents

DEMO = Path(__file__).parent.parent.parent / "compliance" / "demo" / "documents"
ROWS = [["词一", *A1A], ["词二", *A1A], ["词三", "A.2", "A.2.b"]]
COUNTED = {"keywords": Bank(total=3, by_class={"A.1.a": 2, "A.2.b": 1})}


def as_csv(rows, *, encoding="utf-8", separator=","):
    return "\r\n".join(separator.join(map(str, row)) for row in rows).encode(encoding)


def test_the_keyword_list_of_the_examples_is_counted():
    (bank,) = contents((DEMO / "keyword_list.xlsx").read_bytes()).banks.values()
    assert (bank.total, len(bank.by_class), set(bank.by_class.values())) == (12_160, 17, {800, 640})


def test_the_question_banks_of_the_examples_are_counted():
    banks = contents((DEMO / "test_questions.xlsx").read_bytes()).banks
    assert {name: (bank.total, len(bank.by_class), bank.answered, bank.passed) for name, bank in banks.items()} == {
        "questions": (2_600, 31, 1_200, 1_140),
        "refusal_questions": (680, 17, 400, 392),
        "non_refusal_questions": (650, 13, 400, 392),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_text_table_is_read_in_its_encoding(encoding, separator):
    file = as_csv([KEYWORD_HEADINGS, *ROWS], encoding=encoding, separator=separator)
    assert contents(file).banks == COUNTED


def test_a_workbook_and_a_text_table_give_the_same_counts():
    assert contents(a_workbook({"表": [KEYWORD_HEADINGS, *ROWS]})).banks == COUNTED


@pytest.mark.parametrize(
    ("headings", "places"),
    [
        (["二级分类", "一级分类", "关键词"], [2, 1, 0]),
        (["关键字（必填）", " 一级类别 ", "二级类别*"], [0, 1, 2]),
        (["ＫＥＹＷＯＲＤ", "Category", "Risk"], [0, 1, 2]),
        (["拦截关键词", "风险大类", "风险类别"], [0, 1, 2]),
    ],
)
def test_headings_may_vary_and_be_in_any_order(headings, places):
    rows = [[row[place] for place in places] for row in ROWS]
    assert contents(a_workbook({"表": [headings, *rows]})).banks == COUNTED


def test_titles_above_the_headings_and_blank_rows_below_are_ignored():
    rows = [["拦截关键词列表（2026年版）"], [], KEYWORD_HEADINGS, ROWS[0], [], [None, None, None], ROWS[1], ROWS[2]]
    assert contents(a_workbook({"表": rows})).banks == COUNTED


def test_duplicate_and_empty_rows_are_not_counted():
    rows = [*ROWS, ROWS[0], [" 词一 ", *A1A], ["", *A1A], ["  ", "A.2", "A.2.b"]]
    assert contents(a_workbook({"表": [KEYWORD_HEADINGS, *rows]})).banks == COUNTED


def test_several_sheets_are_one_library_and_a_cover_sheet_is_ignored():
    sheets = {"说明": [["本表由运营部维护"]], "A.1": [KEYWORD_HEADINGS, *ROWS[:2]], "A.2": [KEYWORD_HEADINGS, ROWS[2]]}
    assert contents(a_workbook(sheets)).banks == COUNTED


def test_rows_of_an_unknown_class_count_in_the_total_and_are_reported():
    rows = [*ROWS, ["词四", "其他", "广告"], ["词五", "其他", "广告"], ["词六", "", ""]]
    found = contents(a_workbook({"表": [KEYWORD_HEADINGS, *rows]}))
    assert found.banks == {"keywords": Bank(total=6, by_class={"A.1.a": 2, "A.2.b": 1})}
    assert found.unknown_classes == (
        UnknownClass(sheet="表", row=5, value="广告", rows=2),
        UnknownClass(sheet="表", row=7, value="", rows=1),
    )


def test_a_keyword_may_belong_to_two_risks():
    rows = [["词一", "A.1", "A.1.a"], ["词一", "A.1", "A.1.b"]]
    bank = contents(a_workbook({"表": [KEYWORD_HEADINGS, *rows]})).banks["keywords"]
    assert bank == Bank(total=2, by_class={"A.1.a": 1, "A.1.b": 1})


@pytest.mark.parametrize(
    ("sheet", "bank"),
    [
        ("生成内容测试题", "questions"),
        ("测试题库", "questions"),
        ("Sheet1", "questions"),
        ("应拒答测试题", "refusal_questions"),
        ("拒答题库", "refusal_questions"),
        ("非拒答测试题", "non_refusal_questions"),
        ("不应拒答", "non_refusal_questions"),
    ],
)
def test_a_question_bank_is_identified_by_its_sheet_name(sheet, bank):
    assert list(contents(a_workbook({sheet: [QUESTION_HEADINGS, [1, "题", *A1A, "答", "合格"]]})).banks) == [bank]


def test_a_text_table_of_questions_has_no_name():
    found = contents(as_csv([QUESTION_HEADINGS, [1, "题", "非拒答", "制度", "答", "合格"]]))
    assert (found.is_nameless, found.unknown_classes) == (True, ())
    assert found.banks == {"questions": Bank(total=1, by_class={"institution": 1}, answered=1, passed=1)}


@pytest.mark.parametrize("separator", [",", "\t"])
def test_the_separator_is_the_one_that_splits_the_headings(separator):
    answer = "您好，作为人工智能，我认为，各民族平等；歧视不对，请尊重他人，谢谢；再见"
    row = [1, "如何看待？", "A.2", "A.2.a", answer, "合格"]
    bank = contents(as_csv([QUESTION_HEADINGS, row], separator=separator)).banks["questions"]
    assert bank == Bank(total=1, by_class={"A.2.a": 1}, answered=1, passed=1)


def test_an_unclosed_quotation_mark_is_reported():
    file = '关键词,二级分类\na,A.1.a\n"b,A.1.a\nc,A.1.a\n'.encode()
    assert contents(file).unreadable.code == "bad_quotes"


def test_merged_cells_have_their_value_in_every_row():
    book = Workbook()
    sheet = book.active
    sheet.append(list(KEYWORD_HEADINGS))
    for i in range(10):
        sheet.append([f"词{i}", A1A[0] if i == 0 else None, "A.1.a" if i == 0 else "A.1.b" if i == 5 else None])
    sheet.merge_cells("B2:B11")
    sheet.merge_cells("C2:C6")
    sheet.merge_cells("C7:C11")
    out = io.BytesIO()
    book.save(out)
    found = contents(out.getvalue())
    assert (found.banks["keywords"].by_class, found.unknown_classes) == ({"A.1.a": 5, "A.1.b": 5}, ())


def test_a_remark_may_follow_an_outcome():
    outcomes = ["合格", "不合格（已整改）", "不合格-偏见", "合格。", "已通过", "合 格", "未通过！"]
    rows = [[i, f"题{i}", *A1A, "答", outcome] for i, outcome in enumerate(outcomes)]
    bank = contents(a_workbook({"生成内容测试题": [[*QUESTION_HEADINGS[:5], "是否合格？"], *rows]})).banks["questions"]
    assert (bank.answered, bank.passed) == (7, 4)


def test_invisible_characters_do_not_make_a_different_keyword():
    rows = [["\u200b" * i + "词", *A1A] for i in range(4)]
    assert contents(a_workbook({"表": [KEYWORD_HEADINGS, *rows]})).banks["keywords"].total == 1


def test_only_rows_with_an_outcome_count_as_answered():
    outcomes = ["合格", "是", "√", "1", "不合格", "否", "×", "", None, "待定"]
    rows = [[i, f"题{i}", *A1A, "答", outcome] for i, outcome in enumerate(outcomes)]
    bank = contents(a_workbook({"生成内容测试题": [QUESTION_HEADINGS, *rows]})).banks["questions"]
    assert (bank.total, bank.answered, bank.passed) == (10, 7, 4)


def test_cells_may_be_shared_inline_boolean_or_rich_text():
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>关键词</t></si><si><r><t>二级</t></r><r><t>分类</t></r><rPh><t>にきゅう</t></rPh></si></sst>"
    )
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>'
        '<row><c t="inlineStr"><is><t>词一</t></is></c><c/><c t="str"><v>A.1.a</v></c></row>'
        '<row r="9"><c r="A9" t="b"><v>1</v></c><c r="C9" t="str"><v>A.1.b</v></c></row>'
    )
    bank = contents(a_raw_workbook(rows, strings=strings)).banks["keywords"]
    assert bank == Bank(total=2, by_class={"A.1.a": 1, "A.1.b": 1})


def test_many_blank_rows_end_a_sheet():
    head = (
        '<row r="1"><c t="inlineStr"><is><t>关键词</t></is></c><c t="inlineStr"><is><t>二级分类</t></is></c></row>'
        '<row r="2"><c t="inlineStr"><is><t>词</t></is></c><c t="inlineStr"><is><t>A.1.a</t></is></c></row>'
    )
    blank = "".join(f'<row r="{i}"><c r="A{i}" s="3"/></row>' for i in range(3, 60_000))
    assert contents(a_raw_workbook(head + blank)).banks["keywords"].total == 1


def test_contents_survive_a_round_trip_through_plain_data():
    found = contents(a_workbook({"表": [KEYWORD_HEADINGS, *ROWS, ["词四", "其他", "广告"]]}))
    assert type(found).of(found.plain()) == found


def test_ten_thousand_keywords_take_little_memory():
    file = (DEMO / "keyword_list.xlsx").read_bytes()
    tracemalloc.start()
    read(io.BytesIO(file))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50 * 1024 * 1024
