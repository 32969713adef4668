"""Reports as Word documents: a heading, what the report is about, its summary in words, and its tables."""

from __future__ import annotations

import re
from typing import Any, BinaryIO

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from compliance.reports.formats.cells import shown_cell
from compliance.reports.presenting import ShownReport, ShownTable
from compliance.templating.keeping import template_for
from compliance.templating.rendering import filled_template
from compliance.templating.values import values_of_report

_FONT = "宋体"
# What XML cannot hold.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_docx(shown: ShownReport, out: BinaryIO) -> None:
    """Write a report as a Word document: after the authority's own template, if one is in use, else A4 across."""
    if template := template_for(shown.report.name, shown.language):
        out.write(filled_template(bytes(template.content), values_of_report(shown)))
        return
    page = _new_page()
    title = page.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, shown.title, 18, is_bold=True)
    for label, text in shown.particulars:
        _run(page.add_paragraph(), f"{label}{'：' if shown.language == 'zh' else ': '}{text}", 9)
    for sentence in shown.sentences:
        _run(page.add_paragraph(), sentence, 10.5)
    for table in shown.tables():
        heading = page.add_paragraph()
        heading.paragraph_format.keep_with_next = True
        _run(heading, table.title, 14, is_bold=True)
        _write_table(page, table)
    page.save(out)


def _new_page() -> DocumentType:
    page = Document()
    normal = page.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(10.5)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    section = page.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2)
    return page


def _write_table(page: DocumentType, table: ShownTable) -> None:
    rows = [
        [shown_cell(cell, column) for cell, column in zip(cells, table.columns, strict=True)] for cells in table.rows()
    ]
    if not rows:
        page.add_paragraph("—")
        return
    drawn = page.add_table(rows=1 + len(rows), cols=len(table.headings))
    drawn.style = "Table Grid"
    # `drawn.cell` walks the whole table each time; its cells are read once.
    cells = drawn._cells
    for i, text in enumerate(text for row in (table.headings, *rows) for text in row):
        _run(cells[i].paragraphs[0], str(text), 9, is_bold=i < len(table.headings))
    _repeat_head(drawn)


def _repeat_head(table: Any) -> None:
    """Let the head of a table stand on each page."""
    properties = table.rows[0]._tr.get_or_add_trPr()
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    properties.append(head)


def _run(paragraph: Any, text: str, size: float, *, is_bold: bool = False) -> None:
    run = paragraph.add_run(_NOT_IN_XML.sub("�", text))
    run.font.size, run.font.bold = Pt(size), is_bold
