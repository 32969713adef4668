"""A report that is added to the catalog has a page and downloads, with nothing but its own module."""

from __future__ import annotations

import pytest

from compliance.language import Bilingual
from compliance.models import ReportRun
from compliance.reports.catalog import REPORTS, weekly_report
from tests.admin.test_desk import desk_of


@pytest.fixture
def visits():
    """A second report, in the catalog for the time of a test."""

    @weekly_report(
        "visits",
        title=Bilingual("Visits", "走访"),
        description=Bilingual("The visits of a week.", "一周的走访。"),
        columns={"place": Bilingual("place", "地点"), "province": Bilingual("province", "省份")},
        labels=lambda row, language: {"place_label": {"en": "Hall", "zh": "大厅"}[language]},
    )
    def rows(period):
        yield {"place": "hall", "province": "31"}
        yield {"place": "hall", "province": "44"}

    yield REPORTS["visits"]
    del REPORTS["visits"]


@pytest.fixture
def page(visits, registrar):
    assert desk_of(registrar).post("/admin/compliance/reportrun/write/visits/").status_code == 302
    return f"/admin/compliance/reportrun/{ReportRun.objects.get(report='visits').pk}"


def test_a_name_is_taken_once(visits):
    with pytest.raises(ValueError, match="Two reports have the name visits"):
        weekly_report("visits", title=visits.title, description=visits.description, columns={})(visits.rows)


def test_a_report_downloads_as_csv_with_its_own_columns(page, registrar):
    content = desk_of(registrar).get(f"{page}/report.csv").content.decode("utf-8-sig")
    assert content.splitlines() == ["place,province", "Hall,Shanghai", "Hall,Guangdong"]


def test_a_reviewer_sees_the_rows_of_the_own_provinces(page, reviewer):
    content = desk_of(reviewer).get(f"{page}/report.csv").content.decode("utf-8-sig")
    assert content.splitlines() == ["place,province", "Hall,Guangdong"]


@pytest.mark.parametrize("form", ["change/", "report.html"])
def test_a_report_without_a_template_is_shown_as_a_table(page, registrar, form):
    content = desk_of(registrar).get(f"{page}/{form}").content.decode()
    assert [f"<td>{cell}</td>" in content for cell in ("Hall", "Shanghai", "Guangdong")] == [True] * 3
