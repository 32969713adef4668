"""Reports tell what was so then: what was changed, waived, renamed or withdrawn afterwards does not show."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone

from compliance.checking.reconciling import Checked, reconcile
from compliance.dossier.stored import load
from compliance.filings import actions
from compliance.models import Filing, Flag
from compliance.reports.catalog import REPORTS
from compliance.reports.definitions import register_bulletin
from compliance.rules.catalog import Level
from registry.models import OfficialNumber, User
from registry.numbers.published.importing import import_list
from tests.making_filings import a_filing, a_submitted_filing, check_everything, hold_documents
from tests.reports.conftest import INCOMPLETE, NOVEMBER, OCTOBER, REQUIRED, TwoMonths
from tests.reports.test_bulletin import LISTS
from tests.reports.writing import a_report, figures, on, rows


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


def test_a_flag_keeps_the_level_and_the_values_of_then(two_months: TwoMonths) -> None:
    flag = Flag.objects.get(filing=two_months.filings["waived"], rule="ALG-03", resolved_at=None)
    before = [a_report(name, *NOVEMBER, REQUIRED.get(name)).sha256 for name in REPORTS]
    with on("2026-12-05"):
        finding = replace(flag.finding, level=Level.INFO, values={"field": "other"})
        checked = Checked(flag.filing_id, load(flag.filing.revisions.get().content), [finding])
        reconcile([checked], now=timezone.now(), today=timezone.localdate())
    flag.refresh_from_db()
    assert flag.level == "info"
    assert [a_report(name, *NOVEMBER, REQUIRED.get(name)).sha256 for name in REPORTS] == before
    assert figures("incomplete_filings", "2026-12-01", "2027-01-01")["open"] == 0


def test_a_flag_found_in_a_draft_is_raised_with_its_first_submission(filer: User) -> None:
    with on("2026-10-28"):
        filing = a_filing(filer, changes=INCOMPLETE)
        check_everything()
    with on("2026-11-03"):
        actions.submit_filing(filing, by=filer)
        hold_documents(filing, filer)
        check_everything()
    raised = [figures(name, *NOVEMBER)["raised"] for name in ("incomplete_filings", "changes")]
    assert raised == [1, 1]
    assert [figures(name, *OCTOBER)["raised"] for name in ("incomplete_filings", "changes")] == [0, 0]


def test_a_cancellation_that_is_decided_leaves_its_deadline_met(filer: User, reviewer: User, registrar: User) -> None:
    ended = {"/service/terminated_on": "2026-10-12", "/service/launched_on": None}
    with on("2026-10-05"):
        filing = a_submitted_filing(filer, changes={**ended, "/service/terminated_on": None})
        check_everything()
        _decide(filing, reviewer, registrar)
    number = Filing.objects.get(pk=filing.pk).official_number.number
    with on("2026-10-15"):
        amendment = {
            "/action": "cancellation",
            "/amends": number,
            "/occurred_on": "2026-10-12",
            "/reference": "end",
            **ended,
        }
        cancellation = a_submitted_filing(filer, changes=amendment)
        check_everything()
    then = rows("statutory_deadlines", *OCTOBER, "clock", "state", "case_number")
    with on("2026-11-10"):
        actions.withdraw_filing(cancellation, by=filer)
    assert rows("statutory_deadlines", *OCTOBER, "clock", "state", "case_number") == then
    assert ("amendment", "met", cancellation.case_number) in then


def _decide(filing: Filing, reviewer: User, registrar: User) -> None:
    actions.accept_filing(filing, by=reviewer)
    actions.forward_filing(filing, by=reviewer)
    actions.forward_filing(filing, by=reviewer)
    actions.decide_filing(filing, by=registrar)


def test_a_published_number_that_a_filing_takes_over_stays_in_the_bulletin_of_before(db: None) -> None:
    import_list(LISTS / "genai_filing_sample.csv", "genai_filing_sample.csv")
    names = rows("register_bulletin", "2023-08-01", "2023-09-01", "name")
    OfficialNumber.objects.update(is_held_by_filing=True)
    assert rows("register_bulletin", "2023-08-01", "2023-09-01", "name") == names == ["文心一言"]
