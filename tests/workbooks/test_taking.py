"""Filings of a workbook are taken over all together, or not at all."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from compliance.filings import actions
from compliance.models import Filing
from compliance.workbooks.layout import sheets
from compliance.workbooks.writing import FIRST_ROW, write_workbook
from registry.models import Organization, User
from tests.building import a_document, parsed
from tests.making_filings import document_of, unresolved_flags
from tests.workbooks.test_round_trip import declared, edited


@pytest.fixture
def web(filer: User) -> Client:
    client = Client()
    client.force_login(filer)
    return client


def send(web: Client, organization: Organization, content: bytes, button: str = "take") -> Any:
    file = SimpleUploadedFile("filings.xlsx", content)
    return web.post(f"/workspace/{organization.uid}/workbook/", {"file": file, button: "1"})


def cell_of(pattern: str, row: int = FIRST_ROW) -> tuple[str, str]:
    for layout in sheets():
        for i, column in enumerate(layout.columns):
            if column.pattern == pattern:
                more = len(layout.numbers) + 2 * (layout is sheets()[0])
                return layout.name, f"{get_column_letter(i + more + 1)}{row}"
    raise KeyError(pattern)


def test_three_services_are_opened_and_checked_at_once(web: Client, organization: Organization) -> None:
    documents = [a_document("generative", {"/service/name": f"服务{i}", "/reference": f"{i}"}) for i in range(3)]
    send(web, organization, write_workbook([("", document) for document in documents], "zh"))
    filings = list(Filing.objects.order_by("pk"))
    assert [declared(document_of(filing)) for filing in filings] == [declared(document) for document in documents]
    assert all(filing.checked_at for filing in filings)


def test_one_fault_keeps_all_from_being_stored_and_names_its_cell(web: Client, organization: Organization) -> None:
    content = write_workbook(
        [("", a_document("generative", {"/service/name": f"服务{i}", "/reference": f"{i}"})) for i in range(3)], "en"
    )
    sheet, cell = cell_of("/service/launched_on", FIRST_ROW + 1)
    answer = send(web, organization, edited(content, {(sheet, cell): "gestern"}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sheet in page
    assert cell in page
    assert "“gestern” is not a date" in page
    assert not Filing.objects.exists()


def test_a_workbook_changes_the_filing_that_it_names(web: Client, organization: Organization, filer: User) -> None:
    filing, _is_new = actions.open_filing(parsed("generative"), by=filer)
    content = web.get(f"/workspace/{organization.uid}/filings/{filing.uid}/dossier.xlsx").content
    before = document_of(filing)
    send(web, organization, content)
    assert filing.events.count() == 1
    send(web, organization, edited(content, {cell_of("/service/audience"): None}))
    changed = document_of(filing)
    assert changed == {
        **before,
        "service": {name: value for name, value in before["service"].items() if name != "audience"},
    }
    assert ("SRV-04", "/service/audience") in unresolved_flags(filing)


def test_a_workbook_older_than_the_filing_changes_nothing(web: Client, organization: Organization, filer: User) -> None:
    filing, _is_new = actions.open_filing(parsed("generative"), by=filer)
    content = web.get(f"/workspace/{organization.uid}/filings/{filing.uid}/dossier.xlsx").content
    actions.edit_dossier(filing, parsed("generative", {"/service/audience": "企业用户"}), by=filer)
    answer = send(web, organization, content)
    assert "was changed after this workbook was made" in answer.content.decode()
    assert document_of(filing)["service"]["audience"] == "企业用户"


def test_parts_of_models_are_not_given_to_other_models(web: Client, organization: Organization, filer: User) -> None:
    model = a_document("generative")["models"][0]
    second = {**model, "key": "second", "name": "样例小模型", "corpora": [{**model["corpora"][0], "name": "第三语料"}]}
    filing, _is_new = actions.open_filing(parsed("generative", {"/models/-": second}), by=filer)
    book = load_workbook(
        io.BytesIO(web.get(f"/workspace/{organization.uid}/filings/{filing.uid}/dossier.xlsx").content)
    )
    book["模型 Models"].delete_rows(FIRST_ROW)
    del book["训练语料 Corpora"]
    saved = io.BytesIO()
    book.save(saved)
    answer = send(web, organization, saved.getvalue())
    assert "sheets or columns with their parts are missing" in answer.content.decode()
    assert len(document_of(filing)["models"]) == 2


def test_checking_only_stores_nothing_and_counts_what_is_flagged(web: Client, organization: Organization) -> None:
    content = write_workbook([("", a_document("generative", {"/service/audience": None}))], "en")
    answer = send(web, organization, content, "check")
    assert "No faults. The workbook can be taken over." in answer.content.decode()
    assert not Filing.objects.exists()


@pytest.mark.parametrize(
    ("case", "message"), [("F2020-000001", "has no filing F2020-000001"), ("submitted", "cannot be changed now")]
)
def test_a_case_that_cannot_be_changed_is_named(
    web: Client, organization: Organization, filer: User, case: str, message: str
) -> None:
    filing, _is_new = actions.open_filing(parsed("generative"), by=filer)
    actions.submit_filing(filing, by=filer)
    number = filing.case_number if case == "submitted" else case
    answer = send(
        web, organization, write_workbook([(number, json.loads(parsed("generative").canonical.text), "0" * 64)], "en")
    )
    assert answer.status_code == 422
    assert message in answer.content.decode()


def test_a_filing_of_another_applicant_is_refused(
    web: Client, organization: Organization, other_organization: Organization
) -> None:
    document = a_document("generative", {"/applicant/uscc": other_organization.uscc})
    answer = send(web, organization, write_workbook([("", document)], "en"))
    assert "of another organization" in answer.content.decode()
    assert not Filing.objects.exists()


def test_a_case_number_of_another_organization_is_unknown(
    web: Client, organization: Organization, stranger: User
) -> None:
    theirs = parsed("generative", {"/applicant/uscc": "91440305MADEMA004M"})
    filing, _is_new = actions.open_filing(theirs, by=stranger)
    answer = send(web, organization, write_workbook([(filing.case_number, a_document("generative"))], "en"))
    assert f"has no filing {filing.case_number}" in answer.content.decode()


@pytest.mark.parametrize("content", [b"PK\x03\x04broken", b"text", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old"])
def test_what_is_no_workbook_is_refused_with_the_reason(
    web: Client, organization: Organization, content: bytes
) -> None:
    answer = send(web, organization, content)
    assert answer.status_code == 422
    assert "Nothing was stored" in answer.content.decode()


def test_the_empty_workbook_holds_the_particulars_of_the_organization(web: Client, organization: Organization) -> None:
    content = web.get(f"/workspace/{organization.uid}/workbook/empty.xlsx").content
    assert io.BytesIO(content).read(2) == b"PK"
    answer = send(web, organization, edited(content, {cell_of("/service/name"): "新服务"}))
    assert answer.status_code == 302
    assert document_of(Filing.objects.get())["applicant"]["uscc"] == organization.uscc
