"""The authority's own Word templates: tried on upload, faults named, previewed with real data, used from then on."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from compliance.letters.sending import return_filing
from compliance.models import DocumentTemplate, Letter
from compliance.reports.formats import write_report
from compliance.reports.presenting import show
from compliance.templating.fields import BULLETIN, FIELDS, LETTER, SCORECARD
from compliance.templating.keeping import keep_template, stop_using, template_for
from compliance.templating.rendering import TemplateRefused, checked_template, filled_template
from compliance.templating.values import sample_values
from registry.models import User
from tests.admin.test_desk import desk_of
from tests.building import USCC
from tests.making_filings import a_submitted_filing, check_everything
from tests.reports.writing import a_report

LIST = "/admin/compliance/documenttemplate/"


def a_template(*paragraphs: str, rows: tuple[str, str, str] | None = None) -> bytes:
    """Return a Word document with paragraphs, and a table of which a row is repeated."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(rows=3, cols=1)
        for row, text in zip(table.rows, rows, strict=True):
            row.cells[0].text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def texts_of(content: bytes) -> list[str]:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells


LETTER_FORM = a_template(
    "{{ title }}（{{ number }}）",
    "致：{{ applicant }}",
    rows=("{%tr for point in points %}", "{{ point.number }}. {{ point.place }}：{{ point.text }}", "{%tr endfor %}"),
)


@pytest.mark.parametrize("purpose", FIELDS)
def test_every_field_can_be_used(purpose: str) -> None:
    names = [field.name for field in FIELDS[purpose]]
    content = a_template(*(f"{{{{ {name} }}}}" for name in names))
    checked_template(purpose, content, sample_values(purpose))
    assert len(texts_of(filled_template(content, sample_values(purpose)))) == len(names)


def test_every_column_of_a_report_can_be_used_in_its_rows() -> None:
    services = a_template(
        "{% for table in tables %}{% for row in table.rows %}{{ row.place }}{{ row.name }}{% endfor %}{% endfor %}"
    )
    checked_template(BULLETIN, services, sample_values(BULLETIN))
    filings = a_template("{% for each in filings %}{{ each.kind }}{{ each.clock }}{{ each.due_on }}{% endfor %}")
    checked_template(SCORECARD, filings, sample_values(SCORECARD))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            a_template("{{ titel }} {{ title }} {{ colour }}"),
            "Unknown: colour, titel. The fields of this template are:",
        ),
        (a_template("{% for figure in figures %}{{ figure.titel }}{% endfor %}"), "Unknown name in the template"),
        (a_template("{{ title "), "The template has a fault"),
        (a_template("{% for x in figures %}"), "The template has a fault"),
        (a_template("{{ title + 1 }}"), "The template cannot be filled"),
        (a_template("{{ title.__class__.__mro__ }}"), "The template has a fault"),
        (a_template("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}"), "The template cannot be filled"),
        (b"not a document", "This is not a Word document"),
        (b"", "This is not a Word document"),
        (b"PK\x03\x04" + b"0" * 100, "This is not a Word document"),
        (b"0" * (6 * 1024 * 1024), "larger than 5 MB"),
    ],
)
def test_a_wrong_template_is_refused_with_what_is_wrong_in_it(content: bytes, message: str) -> None:
    with pytest.raises(TemplateRefused) as refused:
        checked_template(BULLETIN, content, sample_values(BULLETIN))
    assert message in refused.value.text.en
    assert refused.value.text.zh != refused.value.text.en


def test_a_document_with_entities_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_template("x"))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = content.replace(b"<w:document", b'<!DOCTYPE x [<!ENTITY a "b">]><w:document', 1)
            new.writestr(name, content)
    with pytest.raises(TemplateRefused):
        checked_template(LETTER, out.getvalue(), sample_values(LETTER))


def test_a_new_template_takes_the_place_of_the_old_one(administrator: User) -> None:
    first = keep_template(LETTER, "zh", "a.docx", LETTER_FORM, by=administrator)
    second = keep_template(LETTER, "zh", "b.docx", LETTER_FORM, by=administrator)
    assert template_for(LETTER, "zh") == second
    assert template_for(LETTER, "en") is None
    stop_using(second)
    assert template_for(LETTER, "zh") is None
    assert DocumentTemplate.objects.filter(pk=first.pk).exists()


def test_a_bulletin_is_written_after_the_template(administrator: User) -> None:
    form = a_template("{{ title }} {{ period }}", "{% for table in tables %}{{ table.title }};{% endfor %}")
    keep_template(BULLETIN, "zh", "bulletin.docx", form, by=administrator)
    out = io.BytesIO()
    write_report(show(a_report("register_bulletin", "2026-10-01", "2026-11-01"), "zh"), "docx", out)
    texts = texts_of(out.getvalue())
    assert texts[0] == "备案登记公告 2026-10-01 – 2026-10-31"
    assert texts[1].startswith("生成式人工智能服务已备案信息;生成式人工智能服务已登记信息;")


def test_a_scorecard_lists_its_filings_in_the_template(administrator: User, filer: User) -> None:
    a_submitted_filing(filer)
    form = a_template(
        "{{ organization }}", "{% for filing in filings %}{{ filing.case_number }} {{ filing.status }};{% endfor %}"
    )
    keep_template(SCORECARD, "zh", "scorecard.docx", form, by=administrator)
    out = io.BytesIO()
    report = a_report("scorecard", "2026-01-01", "2030-01-01", {"applicant": USCC})
    write_report(show(report, "zh"), "docx", out)
    assert [text.split()[0] for text in texts_of(out.getvalue())] == [
        "样例云图智能有限公司",
        texts_of(out.getvalue())[1].split()[0],
    ]
    assert "已提交" in texts_of(out.getvalue())[1]


def uploaded(client: Any, content: bytes, purpose: str = LETTER) -> Any:
    file = SimpleUploadedFile("form.docx", content)
    return client.post(f"{LIST}upload/", {"purpose": purpose, "language": "zh", "file": file})


def test_a_letter_is_downloaded_after_the_template(administrator: User, filer: User, reviewer: User) -> None:
    desk = desk_of(administrator)
    assert uploaded(desk, LETTER_FORM).status_code == 302
    filing = a_submitted_filing(filer, changes={"/algorithm/mechanism": None})
    check_everything()
    return_filing(filing, by=reviewer)
    letter = Letter.objects.get()
    url = f"/admin/compliance/filing/{filing.pk}/letters/{letter.number}/"
    page = desk_of(reviewer).get(url)
    assert "?docx" in page.content.decode()
    texts = texts_of(desk_of(reviewer).get(f"{url}?docx").content)
    assert texts[:2] == [f"补正通知书（{letter.number}）", "致：样例云图智能有限公司"]
    assert texts[2].startswith("1. ")
    preview = desk.get(f"{LIST}{DocumentTemplate.objects.get().pk}/preview/")
    assert f"补正通知书（{letter.number}）" in texts_of(b"".join(preview.streaming_content))


def test_a_wrong_template_is_shown_with_its_fault_and_not_kept(administrator: User) -> None:
    answer = uploaded(desk_of(administrator), a_template("{{ titel }}"))
    assert "Unknown: titel." in answer.content.decode()
    assert DocumentTemplate.objects.count() == 0


def test_only_administrators_keep_templates(registrar: User, reviewer: User, administrator: User) -> None:
    for person in (registrar, reviewer):
        client = desk_of(person)
        assert [client.get(LIST).status_code, uploaded(client, LETTER_FORM).status_code] == [403, 403]
    made = keep_template(LETTER, "zh", "a.docx", LETTER_FORM, by=administrator)
    assert desk_of(registrar).get(f"{LIST}{made.pk}/preview/").status_code == 403
    assert desk_of(administrator).post(f"{LIST}{made.pk}/stop/").status_code == 302
