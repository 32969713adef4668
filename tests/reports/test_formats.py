"""Each report in each format and both languages: readable, complete, and with the same totals."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, datetime
from html.parser import HTMLParser
from typing import Any
from unittest.mock import patch

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from compliance.language import Language
from compliance.reports.catalog import REPORTS, Column, ColumnType
from compliance.reports.formats import FORMATS, TooManyRows, write_report
from compliance.reports.formats.paper import chart_picture
from compliance.reports.presenting import ShownReport, show
from tests.reports.conftest import NOVEMBER, OCTOBER, REQUIRED, TwoMonths
from tests.reports.writing import a_report

LANGUAGES: tuple[Language, ...] = ("en", "zh")


def shown(name: str, language: Language, period: tuple[str, str] = NOVEMBER) -> ShownReport:
    return show(a_report(name, *period, parameters=REQUIRED.get(name)), language)


def written(report: ShownReport, format: str) -> bytes:
    out = io.BytesIO()
    write_report(report, format, out)
    return out.getvalue()


def filled_with(text: str) -> Any:
    """Let the services of all rows have a text as their name, and all other cells be empty."""

    def reader(self: Column, language: Language) -> Any:
        return lambda row: text if self.name == "service" else ""

    return patch.object(Column, "reader", reader)


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


class _Texts(HTMLParser):
    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.feed(content.decode())

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REPORTS)
def test_every_format_has_the_same_rows_and_totals(name: str, language: Language, two_months: TwoMonths) -> None:
    report = shown(name, language)
    count = len(list(report.written.rows()))
    values = [figure.value for figure in report.figures]
    table = read_csv(written(report, "csv"))
    assert (table[0], len(table) - 1) == (report.table().headings, count)
    document = json.loads(written(report, "json"))
    assert len(document["rows"]) == count
    assert [document["summary"][figure.name] for figure in report.figures] == values
    assert _totals_of_workbook(written(report, "xlsx"), report) == (values, count)
    texts = _Texts(written(report, "html")).texts
    assert all(figure.shown in texts and figure.title in texts for figure in report.figures)
    assert all(sentence in texts for sentence in report.sentences)
    paper = _text_of_pdf(written(report, "pdf"))
    assert all(_squeezed(sentence) in paper for sentence in report.sentences)
    assert all(_squeezed(f"{figure.title}{figure.shown}") in paper for figure in report.figures)


def _totals_of_workbook(content: bytes, report: ShownReport) -> tuple[list[Any], int]:
    book = load_workbook(io.BytesIO(content))
    lines = {row[0]: row[1] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)}
    rows = book.worksheets[1]
    filled = [row for row in rows.iter_rows(min_row=2, values_only=True) if any(cell is not None for cell in row)]
    return [lines[figure.title] for figure in report.figures], len(filled)


def _text_of_pdf(content: bytes) -> str:
    return _squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_a_workbook_has_typed_cells_filters_a_frozen_head_and_links(two_months: TwoMonths) -> None:
    report = shown("incomplete_filings", "en")
    book = load_workbook(io.BytesIO(written(report, "xlsx")))
    sheet = book["Rows"]
    row = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", sheet.dimensions)
    assert isinstance(row["Raised at"].value, datetime)
    assert isinstance(row["Age in days"].value, int | float)
    assert row["Link"].hyperlink.target.endswith("/change/")
    definitions = {line[0]: line[2] for line in book["Definitions"].iter_rows(min_row=2, values_only=True)}
    assert definitions["place"] == "The place in the dossier, as a JSON Pointer."
    assert "By rule" in book.sheetnames
    assert len(book["By rule"]._charts) == 1


def test_the_days_of_a_workbook_are_days_even_below_empty_cells(two_months: TwoMonths) -> None:
    report = show(a_report("statutory_deadlines", "2026-10-01", "2026-12-01"), "en")
    sheet = load_workbook(io.BytesIO(written(report, "xlsx")))["Rows"]
    heads = [cell.value for cell in sheet[1]]
    started = [row[heads.index("Started on")] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert started
    assert all(isinstance(value, date) for value in started)


def test_paper_is_archivable_and_names_its_period_and_hash_on_each_page(two_months: TwoMonths) -> None:
    report = shown("changes", "zh")
    content = written(report, "pdf")
    reader = PdfReader(io.BytesIO(content))
    assert b"pdfaid" in content
    assert reader.metadata
    assert reader.metadata.title == "变动情况"
    for page in reader.pages:
        text = _squeezed(page.extract_text())
        assert "2026-11-01–2026-11-30" in text
        assert report.written.sha256[:16] in text
    assert written(report, "pdf") == content


def test_a_character_without_glyph_is_replaced_and_noted(two_months: TwoMonths) -> None:
    report = shown("changes", "en")
    with filled_with("𓀀"):
        text = _text_of_pdf(written(report, "pdf"))
    assert "□" in text
    assert _squeezed("no glyph are shown as □") in text


def test_the_bulletin_is_a_word_document_with_the_official_columns(two_months: TwoMonths) -> None:
    document = Document(io.BytesIO(written(shown("register_bulletin", "zh", OCTOBER), "docx")))
    heads = [cell.text for cell in document.tables[0].rows[0].cells]
    assert heads == ["序号", "属地", "模型名称", "备案单位", "备案编号", "备案时间"]
    first = [cell.text for cell in document.tables[0].rows[1].cells]
    assert first[:2] + first[5:] == ["1", "广东省", "2026/10/15"]


def test_what_is_too_large_for_a_format_is_refused_with_those_that_can(two_months: TwoMonths) -> None:
    limited = FORMATS["xlsx"].__class__("xlsx", FORMATS["xlsx"].title, "", FORMATS["xlsx"].write, 3)
    out = io.BytesIO()
    with patch.dict(FORMATS, {"xlsx": limited}), pytest.raises(TooManyRows) as refused:
        write_report(shown("changes", "en"), "xlsx", out)
    assert out.getvalue() == b""
    assert "html, pdf, csv, json" in refused.value.text.en


def test_text_of_a_filer_is_neither_a_formula_nor_markup(two_months: TwoMonths) -> None:
    hostile = '=HYPERLINK("x")<script>\x01'
    report = shown("changes", "en")
    with filled_with(hostile):
        table, page = read_csv(written(report, "csv")), written(report, "html").decode()
        sheet = load_workbook(io.BytesIO(written(report, "xlsx")))["Rows"]
        paper = written(report, "pdf")
    assert any(cell.startswith("'=HYPERLINK") for cell in table[1])
    assert "&lt;script&gt;" in page
    assert "HYPERLINK&quot;" not in page.replace("HYPERLINK(&quot;", "")
    cell = next(cell for cell in sheet[2] if str(cell.value).startswith("="))
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("x")<script>')
    assert paper.startswith(b"%PDF")


def test_the_first_chart_is_a_picture(two_months: TwoMonths) -> None:
    picture = chart_picture(shown("changes", "zh"))
    assert picture
    assert picture.startswith(b"\x89PNG")
    empty = show(a_report("changes", "2026-01-01", "2026-02-01"), "en")
    assert chart_picture(empty) is None


def test_the_summary_says_in_words_what_changed(two_months: TwoMonths) -> None:
    sentences = shown("incomplete_filings", "en").sentences
    assert sentences[0] == ("1 flag is open in 1 filing, of them 1 error. 1 was raised and 2 resolved in the period.")
    assert sentences[1] == "Since the previous period (2026-10-01 – 2026-10-31): Resolved in the period +2."
    quiet = show(a_report("changes", "2026-01-01", "2026-02-01"), "zh").sentences
    assert quiet[1] == "与上期（2025-12-01 – 2025-12-31）相比，以上各项数据没有变化。"


@pytest.mark.parametrize("name", REPORTS)
def test_every_column_and_figure_speaks_both_languages(name: str) -> None:
    report = REPORTS[name]
    texts = [*report.columns, *report.breakdowns, *report.figures]
    for each in texts:
        text = each.heading if isinstance(each, Column) else each.title
        assert text.en
        assert re.search("[一-鿿]|USCC|ISO", text.zh), each
    assert {column.type for column in report.columns} <= set(ColumnType)
