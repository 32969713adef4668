"""Reports at the desk and over the API: asked for, read, downloaded; who sees what."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.models import ReportRun, RunState
from registry.models import User
from tests.admin.test_desk import desk_of
from tests.building import USCC
from tests.conftest import client_of
from tests.reports.conftest import TwoMonths

LIST = "/admin/compliance/reportrun/"
ASKED = {"report": "changes", "period": "days", "first_day": "2026-11-01", "last_day": "2026-11-30"}


def page_of(run: ReportRun) -> str:
    return f"{LIST}{run.pk}/change/"


@pytest.fixture
def run(two_months: TwoMonths, registrar: User) -> ReportRun:
    assert desk_of(registrar).post(f"{LIST}write/", ASKED).status_code == 302
    return ReportRun.objects.get()


def test_a_report_of_any_period_is_asked_for_at_the_desk(run: ReportRun, registrar: User) -> None:
    client = desk_of(registrar)
    assert (run.state, run.row_count, run.begins_at.isoformat()) == (RunState.WRITTEN, 11, "2026-10-31T16:00:00+00:00")
    page = client.get(page_of(run)).content.decode()
    assert "3 filings were submitted" in page
    assert page.count("<svg") == 3
    assert run.sha256 in page
    assert "2026-11-01 – 2026-11-30" in client.get(LIST).content.decode()


@pytest.mark.parametrize("format", ["html", "pdf", "xlsx", "csv", "json"])
def test_a_report_is_downloaded_in_each_format(format: str, run: ReportRun, registrar: User) -> None:
    answer = desk_of(registrar).get(f"{LIST}{run.pk}/report.{format}")
    name = f'attachment; filename="changes-20261101-20261130.{format}"'
    assert (answer.status_code, answer.headers["Content-Disposition"]) == (200, name)
    assert len(b"".join(answer.streaming_content)) > 200


def test_a_format_that_a_report_does_not_have_is_not_found(run: ReportRun, registrar: User) -> None:
    client = desk_of(registrar)
    assert [client.get(f"{LIST}{run.pk}/report.{form}").status_code for form in ("docx", "exe")] == [404, 404]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"first_day": ""}, "Give the first and the last day of the period."),
        ({"last_day": "2026-10-01"}, "The last day must not be before the first day."),
        ({"first_day": "0001-01-01", "last_day": "9999-12-31"}, "Give days between 2000-01-01 and 2200-01-01."),
        ({"applicant": "nonsense"}, "No organization has the unified social credit code “nonsense”."),
        ({"report": "scorecard"}, "This report needs: applicant (USCC)."),
    ],
)
def test_a_form_with_faults_is_shown_again_with_what_was_typed(
    changes: dict[str, str], error: str, registrar: User
) -> None:
    answer = desk_of(registrar).post(f"{LIST}write/", {**ASKED, "kind": "generative", **changes})
    page = answer.content.decode()
    assert (answer.status_code, ReportRun.objects.count()) == (200, 0)
    assert error in page
    assert '<option value="generative" selected>' in page


def test_a_reviewer_reads_the_own_provinces(run: ReportRun, reviewer: User, far_reviewer: User) -> None:
    pages = [desk_of(person).get(page_of(run)).content.decode() for person in (reviewer, far_reviewer)]
    assert "3 filings were submitted" in pages[0]
    assert "0 filings were submitted" in pages[1]
    assert "服务waived" not in pages[1]


def test_others_do_not_reach_the_reports_of_the_desk(run: ReportRun, filer: User) -> None:
    client = desk_of(filer)
    assert {client.get(url).status_code for url in (LIST, page_of(run), f"{LIST}{run.pk}/report.csv")} == {302}


def test_a_failed_run_says_why_and_is_written_again(run: ReportRun, registrar: User) -> None:
    ReportRun.objects.update(state=RunState.FAILED, error="The disk was full.")
    client = desk_of(registrar)
    assert "The disk was full." in client.get(page_of(run)).content.decode()
    client.post(f"{LIST}{run.pk}/repeat/")
    page = client.get(page_of(run)).content.decode()
    assert "This page renews itself." in page
    assert "data-renew" in page
    assert client.get(f"{LIST}{run.pk}/report.csv").status_code == 404


def test_a_report_is_asked_for_read_and_downloaded_over_the_api(two_months: TwoMonths, registrar: User) -> None:
    api = client_of(registrar)
    asked = {"report": "changes", "from_day": "2026-11-01", "to_day": "2026-12-01", "kind": "algorithm"}
    made = api.post("/api/v1/reports/", asked)
    assert (made.status_code, made.json()["state"], made.json()["row_count"]) == (201, "written", 10)
    url = made.headers["Location"]
    read = api.get(url).json()
    assert (len(read["rows"]), read["summary"]["submitted"], read["parameters"]) == (10, 3, {"kind": "algorithm"})
    assert len(read["rows"][0]["cells"]) == len(read["columns"])
    for format, magic in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        assert b"".join(api.get(f"{url}files/{format}/").streaming_content).startswith(magic)
    assert api.get(f"{url}files/docx/").status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer", "status"),
    [
        ({"report": "changes", "from_day": "2026-11-01"}, "/to_day", 409),
        ({"report": "changes", "from_day": "2026-11-01", "to_day": "2026-11-01"}, "/to_day", 409),
        ({"report": "changes", "to_day": "2026-11-01"}, "/from_day", 409),
        ({"report": "changes", "from_day": "0001-01-01", "to_day": "9999-12-31"}, "/from_day", 409),
        ({"report": "changes", "province": "99"}, "/province", 400),
        ({"report": "reviewer_workload", "applicant": USCC}, "/applicant", 409),
        ({"report": "scorecard"}, "/applicant", 409),
        ({"report": "poem"}, "/report", 400),
    ],
)
def test_a_bad_request_names_its_field(body: dict[str, Any], pointer: str, status: int, registrar: User) -> None:
    answer = client_of(registrar).post("/api/v1/reports/", body)
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (status, [pointer])
    assert ReportRun.objects.count() == 0


def test_a_filer_asks_for_the_own_organization_alone(two_months: TwoMonths, filer: User, stranger: User) -> None:
    asked = {"report": "changes", "from_day": "2026-11-01", "to_day": "2026-12-01", "applicant": USCC}
    own, strange = client_of(filer), client_of(stranger)
    made = own.post("/api/v1/reports/", asked)
    assert (made.status_code, made.json()["row_count"]) == (201, 11)
    assert strange.get(made.headers["Location"]).status_code == 404
    refused = [
        own.post("/api/v1/reports/", {"report": "changes"}),
        own.post("/api/v1/reports/", {"report": "reviewer_workload"}),
        strange.post("/api/v1/reports/", asked),
    ]
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert [each["id"] for each in own.get("/api/v1/reports/").json()["results"]] == [made.json()["id"]]


def test_a_run_that_is_not_written_has_no_rows_yet(run: ReportRun, registrar: User) -> None:
    ReportRun.objects.update(state=RunState.WRITING)
    answer = client_of(registrar).get(f"/api/v1/reports/{run.uid}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_written")
