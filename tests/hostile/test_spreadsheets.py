"""Values that a spreadsheet would take for a formula are text in every CSV file and workbook that the product writes."""

from __future__ import annotations

import csv
import dataclasses
import io
import zipfile
from collections.abc import Iterable
from unittest.mock import patch

import pytest
from django.http import FileResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from openpyxl import load_workbook

from compliance.casework.commenting import comment_on
from compliance.models import Audience, Document, Filing
from compliance.reports.catalog import REPORTS, Column, ColumnType
from compliance.reports.formats import write_report
from compliance.reports.presenting import show
from registry.exporting import _lines
from registry.models import NumberKind, NumberStatus, OfficialNumber, Organization, User
from registry.register import base_model_names
from registry.site import known_models
from registry.tables import csv_table, harmless
from tests.conftest import client_of
from tests.hostile.payloads import FORMULAS, MARK, a_hostile_filing
from tests.reports.conftest import REQUIRED
from tests.reports.writing import a_report

STARTS = tuple("=+-@\t\r")
LISTS = [
    "compliance_filing",
    "compliance_flag",
    "compliance_event",
    "registry_aimodel",
    "registry_service",
    "registry_trainingdatadeclaration",
    "registry_officialnumber",
    "registry_organization",
]
STREAMS = ["filings", "events", "models", "services", "organizations", "training-data-declarations", "register"]

# What takes long is done for some of the characters only.
few_starts = pytest.mark.parametrize("formula", [FORMULAS["equals"], FORMULAS["tab"]], ids=["equals", "tab"])


@pytest.fixture(params=FORMULAS)
def formula(request) -> str:
    return FORMULAS[request.param]


@pytest.fixture
def hostile(formula, filer, reviewer, registrar, settings, tmp_path) -> Filing:
    """Return a submitted filing whose texts all begin a formula, with a message, an organization and a number of the kind."""
    settings.MEDIA_ROOT = tmp_path
    Organization.objects.update(name=f"{formula}单位", name_en=formula)
    User.objects.filter(pk=filer.pk).update(first_name=formula[:100], last_name=formula[:100])
    filing = a_hostile_filing(filer, lambda original: f"{formula}{original}"[:400])
    # A dossier is stored without spaces around its texts; names that come by other ways may begin with them.
    Filing.objects.filter(pk=filing.pk).update(service_name=f"{formula}服务", reference=formula[:100])
    Document.objects.filter(filing=filing).update(filename=f"{formula}.pdf")
    comment_on(filing, f"{formula}.", by=filer, audience=Audience.APPLICANT)
    OfficialNumber.objects.create(
        number="Guangdong-ShiLi-20260101S0001",
        key="guangdong-shili-20260101s0001",
        kind=NumberKind.REGISTRATION,
        status=NumberStatus.REGISTERED,
        organization=filing.applicant,
        issued_on=timezone.localdate(),
        **dict.fromkeys(("holder", "title", "products", "purpose", "remark"), formula),
        place=formula[:100],
    )
    filing.refresh_from_db()
    return filing


def is_text(content: bytes | str, *, shows: bool = True) -> bool:
    """Whether no cell of a CSV file is a formula; `shows`: whether the hostile text is in it at all."""
    text = content if isinstance(content, str) else content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith(STARTS) and not _is_number(cell)] == []
    assert not shows or any(MARK in cell for cell in cells)
    return True


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return not cell.startswith(("\t", "\r"))


def holds_text(content: bytes, *, shows: bool = True) -> bool:
    """Whether no cell of a workbook is a formula, nor refers to another file or program."""
    book = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert not shows or any(MARK in str(cell.value) for cell in cells)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert not [name for name in package.namelist() if "externalLink" in name or name.endswith(".bin")]
        for name in package.namelist():
            if name.startswith("xl/worksheets/sheet"):
                sheet = package.read(name)
                assert b"<f>" not in sheet
                assert b"<f " not in sheet
                assert b"ddeLink" not in sheet
    return True


def content_of(answer) -> bytes:
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return answer.getvalue() if isinstance(answer, FileResponse) or answer.streaming else answer.content


def test_the_lists_of_the_desk_hold_no_formula(hostile, registrar):
    desk = Client()
    desk.force_login(registrar)
    for name in LISTS:
        path = reverse(f"admin:{name}_changelist")
        shows = name not in ("compliance_flag", "compliance_event")
        assert is_text(content_of(desk.get(f"{path}export.csv")), shows=shows)
        assert holds_text(content_of(desk.get(f"{path}export.xlsx")), shows=shows)


@few_starts
def test_the_streams_of_the_api_hold_no_formula(hostile, registrar):
    api = client_of(registrar)
    for name in STREAMS:
        assert is_text(content_of(api.get(f"/api/v1/{name}/?format=csv")), shows=name != "events")


@few_starts
def test_the_streams_of_a_filing_hold_no_formula(hostile, filer):
    api = client_of(filer)
    for name, shows in (("messages", True), ("flags", False), ("events", False)):
        assert is_text(content_of(api.get(f"/api/v1/filings/{hostile.uid}/{name}/?format=csv")), shows=shows)


@few_starts
def test_the_workbook_of_a_filing_holds_no_formula(hostile, filer):
    web = Client()
    web.force_login(filer)
    answer = web.get(f"/workspace/{hostile.applicant.uid}/filings/{hostile.uid}/dossier.xlsx")
    assert holds_text(answer.content)


@few_starts
def test_the_empty_workbook_holds_no_formula(formula, filer, organization):
    Organization.objects.update(name=f"{formula}单位", name_en=formula)
    web = Client()
    web.force_login(filer)
    assert holds_text(web.get(f"/workspace/{organization.uid}/workbook/empty.xlsx").content)


@few_starts
def test_what_breaks_is_listed_without_a_formula(formula, filer, registrar):
    changes = {
        "/models/0/development": "derived",
        "/models/0/derived_from": [{"key": "qwen", "relation": "finetune"}],
        "/models/-": {"key": "qwen", "name": "Qwen2.5-7B", "developer": {"name": "Alibaba Cloud", "country": "CN"}},
    }
    kept = ("Qwen2.5-7B", "Alibaba Cloud")
    a_hostile_filing(filer, lambda text: text if text in kept else f"{formula}{text}"[:400], changes=changes)
    Organization.objects.update(name=f"{formula}单位")
    Filing.objects.update(service_name=f"{formula}服务")
    desk = Client()
    desk.force_login(registrar)
    assert is_text(
        content_of(desk.get(reverse("admin:compliance_dependence"), {"family": "Qwen-2/2.5", "form": "csv"}))
    )
    answer = client_of(registrar).get("/api/v1/statistics/what-breaks/?family=Qwen-2/2.5&format=csv")
    assert answer.headers["Content-Type"].startswith("application/") or is_text(content_of(answer))


@few_starts
def test_a_report_holds_no_formula_in_any_table(hostile):
    holding = 0
    for name in REPORTS:
        report = show(a_report(name, "2026-11-01", "2026-12-01", parameters=REQUIRED.get(name)), "en")
        for form, harmless_in in (("csv", is_text), ("xlsx", holds_text)):
            out = io.BytesIO()
            write_report(report, form, out)
            assert harmless_in(out.getvalue(), shows=False)
            holding += form == "csv" and MARK in out.getvalue().decode()
    assert holding >= 3


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_report_of_texts_that_begin_a_formula_in_every_column_holds_none(formula, filer, form):
    a_hostile_filing(filer, lambda original: f"{formula}{original}"[:400], "algorithm")

    def reader(self: Column, language: str):
        is_text_column = self.type == ColumnType.TEXT
        return lambda row: f"{formula}." if is_text_column and self.labels is None else None

    report = show(a_report("changes", "2026-11-01", "2026-12-01"), "en")
    out = io.BytesIO()
    with patch.object(Column, "reader", reader):
        write_report(report, form, out)
    assert (is_text if form == "csv" else holds_text)(out.getvalue())


def test_the_known_base_models_hold_no_formula(formula, client, db, monkeypatch):
    known = base_model_names.known_names()
    model = dataclasses.replace(known.models[0], name=formula)

    class Renamed:
        models = [model]
        families = known.families

        @staticmethod
        def identify(query: str) -> None:
            return None

    monkeypatch.setattr(known_models, "known_names", Renamed)
    assert is_text(content_of(client.get("/models/known/?format=csv")))


def test_the_known_base_models_as_they_are_hold_no_formula(client, db):
    assert is_text(content_of(client.get("/models/known/?format=csv")), shows=False)


def test_a_label_of_the_desk_loses_its_markup_before_it_is_looked_at():
    rows: Iterable[list[str]] = [[mark_safe(f"<b>{text}</b>") for text in FORMULAS.values()]]
    assert is_text("".join(_lines(["heading"], rows)))
    assert is_text(
        "".join(_lines(["heading"], [[mark_safe("&#61;1+1"), "\x01=1+1", "\x00@x", "\ufeff=1"]])), shows=False
    )


def test_text_that_begins_no_formula_and_numbers_stay_as_they_are():
    assert [harmless(value) for value in ("示例", "a=b", "", None, -5, 1.5)] == ["示例", "a=b", "", None, -5, 1.5]
    assert "-5\r\n" in csv_table(["number"], [[-5]])
