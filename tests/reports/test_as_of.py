"""Reports tell what was so then: what was changed, waived, renamed or withdrawn afterwards does not show."""

from __future__ import annotations

import pytest

from compliance.reports.catalog import REPORTS
from compliance.reports.definitions import register_bulletin
from tests.reports.conftest import NOVEMBER, OCTOBER, REQUIRED, TwoMonths
from tests.reports.writing import a_report, figures, rows


@pytest.mark.parametrize("name", REPORTS)
def test_the_report_of_october_written_in_december_equals_the_one_written_then(
    name: str, two_months: TwoMonths
) -> None:
    written = a_report(name, *OCTOBER, parameters=REQUIRED.get(name))
    assert next(written.rows(), None) is not None
    assert written.sha256 == two_months.october[name]


@pytest.mark.parametrize("name", REPORTS)
def test_the_same_period_twice_gives_the_same_rows_and_figures(name: str, two_months: TwoMonths) -> None:
    once, again = (a_report(name, *NOVEMBER, parameters=REQUIRED.get(name)) for _ in range(2))
    assert (once.sha256, list(once.rows()), once.summaries()) == (again.sha256, list(again.rows()), again.summaries())


def test_another_period_or_parameter_has_another_hash(two_months: TwoMonths) -> None:
    given = [
        ("2026-08-01", "2026-09-01", {}),
        ("2026-07-01", "2026-08-01", {}),
        ("2026-07-01", "2026-08-01", {"kind": "generative"}),
    ]
    written = [a_report("changes", first, end, parameters) for first, end, parameters in given]
    assert [list(each.rows()) for each in written] == [[], [], []]
    assert len({each.sha256 for each in written}) == 3


def test_names_and_status_are_those_of_then(two_months: TwoMonths) -> None:
    mended = two_months.case("mended")
    columns = ("case_number", "service", "applicant", "status")
    then = [row for row in rows("incomplete_filings", *OCTOBER, *columns) if row[0] == mended]
    now = [row for row in rows("incomplete_filings", *NOVEMBER, *columns) if row[0] == mended]
    assert then == [(mended, "服务mended", "样例云图智能有限公司", "returned")]
    assert now == [(mended, "服务改名", "新名", "submitted")]


def test_a_waiver_counts_while_it_was_in_force(two_months: TwoMonths) -> None:
    waived = two_months.case("waived")

    def days_on_which_it_is_open() -> list[str]:
        ends = ["2026-11-11", "2026-11-12", "2026-11-20", "2026-11-21"]
        return [end for end in ends if waived in rows("incomplete_filings", "2026-11-01", end, "case_number")]

    assert days_on_which_it_is_open() == ["2026-11-11", "2026-11-21"]


def test_a_suspended_number_was_in_force_before(two_months: TwoMonths) -> None:
    filed = two_months.case("filed")
    bulletin = [row for row in rows("register_bulletin", *OCTOBER, "case_number", "number_status") if row[0] == filed]
    longer = rows("register_bulletin", "2026-10-01", "2026-12-01", "case_number", "number_status")
    assert (bulletin, longer) == ([(filed, "filed")], [(filed, "suspended")])
    assert register_bulletin.LISTS[register_bulletin.GENERATIVE].zh == "生成式人工智能服务已备案信息"


def test_a_draft_is_in_no_report(two_months: TwoMonths) -> None:
    for name in REPORTS:
        assert all(row.get("service") != "draft" for row in a_report(name, *NOVEMBER, REQUIRED.get(name)).rows())


def test_nothing_is_reported_of_the_time_before_the_first_filing(two_months: TwoMonths) -> None:
    assert set(figures("incomplete_filings", "2026-09-01", "2026-10-01").values()) == {0}
