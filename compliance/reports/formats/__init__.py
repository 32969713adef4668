"""The formats of a report, what each can hold, and how a report is written in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from compliance.language import Bilingual
from compliance.reports.catalog import Report
from compliance.reports.formats.page import write_page
from compliance.reports.formats.paper import write_pdf
from compliance.reports.formats.text import write_csv, write_json
from compliance.reports.formats.word import write_docx
from compliance.reports.formats.workbook import write_workbook
from compliance.reports.presenting import ShownReport


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name and ending, its media type, how it is written, and how many rows it can hold, if limited."""

    name: str
    title: Bilingual
    media_type: str
    write: Callable[[ShownReport, BinaryIO], None]
    most_rows: int | None = None


@dataclass(eq=False)
class TooManyRows(Exception):
    """A report has too many rows for a format; `others` are the formats that can hold it."""

    format: str
    rows: int
    most: int
    others: tuple[str, ...]

    @property
    def text(self) -> Bilingual:
        others = ", ".join(self.others)
        return Bilingual(
            f"The report has {self.rows:,} rows; {self.format} can hold {self.most:,}. Choose {others}, or a narrower scope.",
            f"报告共 {self.rows:,} 行，{self.format} 最多 {self.most:,} 行。请改用 {others}，或者缩小范围。",
        )


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS = {
    each.name: each
    for each in (
        Format("html", Bilingual("web page", "网页"), "text/html; charset=utf-8", write_page, 20_000),
        # Of a long report, the paper has the summary and says which formats have the rows.
        Format("pdf", Bilingual("PDF", "PDF"), "application/pdf", write_pdf),
        Format("xlsx", Bilingual("Excel", "Excel"), _XLSX, write_workbook, 1_000_000),
        Format("docx", Bilingual("Word", "Word"), _DOCX, write_docx, 10_000),
        Format("csv", Bilingual("CSV", "CSV"), "text/csv; charset=utf-8", write_csv),
        Format("json", Bilingual("JSON", "JSON"), "application/json", write_json),
    )
}


def formats_of(report: Report) -> list[Format]:
    return [FORMATS[name] for name in report.formats]


def write_report(shown: ShownReport, name: str, out: BinaryIO) -> None:
    """
    Write a report in a format. Raises TooManyRows before anything is written, NotSet for paper that
    cannot be set, TemplateRefused for a template that does not fit.
    """
    format = FORMATS[name]
    if format.most_rows is not None:
        rows = shown.written.row_count
        if rows > format.most_rows:
            others = tuple(
                each.name for each in formats_of(shown.report) if each.most_rows is None or each.most_rows >= rows
            )
            raise TooManyRows(name, rows, format.most_rows, others)
    format.write(shown, out)
