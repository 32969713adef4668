"""Writing the official form of a dossier as DOCX, in Chinese, for signature and seal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table

from compliance.dossier.pointer import ROOT, Pointer
from compliance.forms.answers import ABSENT
from compliance.forms.editing import field_at
from compliance.forms.sections import part_at, tree_at
from compliance.forms.shape import Field, Part, dossier_shape
from compliance.forms.values import labels_of, text_of
from compliance.official_forms.layout import FORMS, Block, title_of

_FONT = "宋体"
# What XML cannot hold.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NOT_GIVEN = "—"
_NUMERALS = "一二三四五六七八九十"


def write_form(document: Any) -> bytes:
    """Return the official form of a dossier's kind, filled in. What is not given is marked with a dash."""
    form = FORMS[document["kind"]]
    page = _new_page()
    heading = page.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(heading, title_of(form, document.get("action")), 18, is_bold=True)
    for number, block in enumerate(form.blocks):
        title = f"{_NUMERALS[number]}、{block.title.partition('、')[2] or block.title}"
        _run(page.add_paragraph(), title, 14, is_bold=True)
        _write_block(page, block, document)
    _write_promise(page, form.promise, form.signatures, len(form.blocks))
    output = BytesIO()
    page.save(output)
    return output.getvalue()


def _new_page() -> DocumentType:
    page = Document()
    normal = page.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(10.5)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    section = page.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    return page


def _run(paragraph: Any, text: str, size: float, *, is_bold: bool = False) -> None:
    run = paragraph.add_run(_NOT_IN_XML.sub("�", text))
    run.font.size, run.font.bold = Pt(size), is_bold


def _write_block(page: DocumentType, block: Block, document: Any) -> None:
    if not block.rows_of:
        _write_pairs(page, [(label, text_at(Pointer(at), document)) for label, at in block.lines])
        return
    entries = tree_at(document, Pointer(block.rows_of))
    count = len(entries) if isinstance(entries, list) else 0
    if not count:
        page.add_paragraph("无")
    for i in range(count):
        _write_pairs(page, list(_pairs_of_entry(Pointer(block.rows_of) / i, document)))
        page.add_paragraph()


def _pairs_of_entry(at: Pointer, document: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield what is given in an entry of a list, its inner entries too."""
    part = part_at(at)
    for name, child in part.children.items():
        below = at / name
        value = tree_at(document, below)
        if value in (ABSENT, None, "", [], {}):
            continue
        label = f"{prefix}{child.label.zh}"
        if isinstance(child, Field):
            yield label, text_at(below, document)
        elif isinstance(child, Part):
            yield from _pairs_of_entry(below, document, f"{label}：")
        else:
            for i in range(len(value)):
                yield from _pairs_of_entry(below / i, document, f"{label} {i + 1}：")


def _write_pairs(page: DocumentType, pairs: list[tuple[str, str]]) -> None:
    table: Table = page.add_table(rows=0, cols=2)
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    for label, text in pairs:
        cells = table.add_row().cells  # type: ignore[no-untyped-call]
        cells[0].width, cells[1].width = Cm(5), Cm(11)
        _run(cells[0].paragraphs[0], label, 10.5)
        _run(cells[1].paragraphs[0], text or _NOT_GIVEN, 10.5)


def text_at(at: Pointer, document: Any) -> str:
    """Return what a dossier holds at a place, in Chinese; empty if nothing."""
    value = tree_at(document, at)
    _place, field = field_at(dossier_shape(), ROOT, at)
    if field is None or value in (ABSENT, None, "", []):
        return ""
    labels = labels_of(field)
    if isinstance(value, list):
        return "、".join(labels[item].zh if item in labels else str(item) for item in value)
    text = text_of(value, field)
    return labels[text].zh if text in labels else text


def _write_promise(page: DocumentType, promise: str, signatures: tuple[str, ...], number: int) -> None:
    _run(page.add_paragraph(), f"{_NUMERALS[number]}、自愿承诺", 14, is_bold=True)
    page.add_paragraph(promise)
    for signature in signatures:
        page.add_paragraph(f"\n{signature}：____________________")
    page.add_paragraph("\n日期：______年____月____日")
