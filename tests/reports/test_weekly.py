"""The weekly report: its periods over simulated time, that each is written once, and its content."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from compliance.filings import actions
from compliance.models import Filing, ReportRun
from compliance.reports.catalog import REPORTS
from compliance.reports.incomplete_filings_summary import summary_of
from compliance.reports.periods import Period, ended_weeks, monday_before
from compliance.reports.presenting import as_csv, rows_for
from compliance.reports.writing import _write_once, write_due, write_now
from compliance.tasks import write_due_reports
from config.celery import app
from tests.admin.test_desk import desk_of
from tests.building import parsed
from tests.making_filings import a_filing, a_submitted_filing, check_everything

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 2, tzinfo=SHANGHAI)
WEEK = timedelta(days=7)
INCOMPLETE_FILINGS = REPORTS["incomplete_filings"]
RUNS = ReportRun.objects.filter(report=INCOMPLETE_FILINGS.name)
INCOMPLETE = {"/algorithm/mechanism": None, "/service/launched_on": None}


def periods() -> list[tuple[datetime, datetime]]:
    runs = RUNS.filter(asked_by=None).order_by("ends_at")
    return [(run.begins_at.astimezone(SHANGHAI), run.ends_at.astimezone(SHANGHAI)) for run in runs]


def hours(start: datetime, end: datetime, traveler) -> None:
    """Run the scheduled task every hour from start to end."""
    moment = start
    while moment < end:
        traveler.move_to(moment)
        write_due_reports()
        moment += timedelta(hours=1)


def test_each_of_five_weeks_is_written_once_although_beat_was_down_for_two(db):
    with time_machine.travel(MONDAY, tick=False) as traveler:
        hours(MONDAY + timedelta(minutes=20), MONDAY + 1.5 * WEEK, traveler)
        hours(MONDAY + 3.6 * WEEK, MONDAY + 5.1 * WEEK, traveler)
    assert periods() == [(MONDAY + i * WEEK, MONDAY + (i + 1) * WEEK) for i in range(-1, 5)]
    written = {run.begins_at.astimezone(SHANGHAI): run.written_at for run in RUNS.all()}
    assert len({written[MONDAY + i * WEEK] for i in (1, 2)}) == 1


def test_the_schedule_runs_the_task_hourly():
    entry = app.conf.beat_schedule["weekly reports"]
    assert (entry["task"], str(entry["schedule"])) == (write_due_reports.name, "<crontab: 20 * * * * (m/h/dM/MY/d)>")


def test_a_period_is_written_once_even_when_retried(db):
    report, period = INCOMPLETE_FILINGS, Period(MONDAY, MONDAY + WEEK)
    assert [bool(_write_once(report, period)) for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    ("moment", "monday"),
    [
        (datetime(2026, 11, 2, tzinfo=SHANGHAI), MONDAY),
        (datetime(2026, 11, 1, 23, 59, 59, tzinfo=SHANGHAI), MONDAY - WEEK),
        (datetime(2026, 11, 1, 16, tzinfo=ZoneInfo("UTC")), MONDAY),
        (datetime(2026, 11, 1, 15, 59, tzinfo=ZoneInfo("UTC")), MONDAY - WEEK),
    ],
)
def test_a_week_begins_on_monday_in_shanghai(moment, monday):
    assert monday_before(moment) == monday


def test_a_week_is_reported_when_it_has_ended():
    assert list(ended_weeks(since=MONDAY, at=MONDAY + WEEK - timedelta(seconds=1))) == []
    assert list(ended_weeks(since=MONDAY, at=MONDAY + WEEK)) == [Period(MONDAY, MONDAY + WEEK)]


def test_a_period_includes_its_first_moment_and_excludes_its_last():
    period = Period(MONDAY, MONDAY + WEEK)
    assert [period.contains(moment) for moment in (MONDAY, MONDAY + WEEK, None)] == [True, False, False]


def changes(run: ReportRun) -> list[tuple[str, str, str]]:
    return [(row["change"], row["case_number"], row["rule"]) for row in json.loads(run.content)]


@pytest.fixture
def three_weeks(filer):
    """A flag raised in the first week and resolved in the second; another raised in the second; nothing in the third."""
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False) as traveler:
        first = a_submitted_filing(filer, changes={**INCOMPLETE, "/reference": "a"})
        a_filing(filer, changes={**INCOMPLETE, "/reference": "draft", "/service/name": "d"})
        check_everything()
        traveler.move_to(MONDAY + WEEK + timedelta(days=2))
        actions.withdraw_filing(first, by=filer)
        second = a_submitted_filing(filer, changes={**INCOMPLETE, "/reference": "b", "/service/name": "b"})
        check_everything()
        traveler.move_to(MONDAY + WEEK)
        write_due()
        traveler.move_to(MONDAY + 3 * WEEK)
        write_due()
    return first.case_number, second.case_number


def test_each_missed_week_reports_its_own_period(three_weeks):
    first, second = three_weeks
    reported = [changes(run) for run in RUNS.order_by("ends_at")]
    assert reported == [
        [("raised", first, "ALG-03")],
        [("resolved", first, "ALG-03"), ("raised", second, "ALG-03")],
        [("open", second, "ALG-03")],
    ]


def test_a_draft_is_not_reported(three_weeks):
    assert "draft" not in "".join(RUNS.values_list("content", flat=True))


def test_the_report_has_a_summary_and_downloads_as_csv(three_weeks, registrar, reviewer, far_reviewer):
    run = RUNS.order_by("ends_at")[1]
    assert [len(rows_for(run, person)) for person in (registrar, reviewer, far_reviewer)] == [2, 2, 0]
    summary = summary_of(rows_for(run, registrar), "en")
    assert {name: summary[name] for name in ("open", "filings", "raised", "resolved")} == {
        "open": 1,
        "filings": 1,
        "raised": 1,
        "resolved": 1,
    }
    assert [(line["name"], line["count"]) for line in summary["by_rule"]] == [("ALG-03", 1)]
    rows = list(
        csv.DictReader(io.StringIO(as_csv(INCOMPLETE_FILINGS, rows_for(run, registrar), "en").removeprefix("\ufeff")))
    )
    assert [row["case number"] for row in rows] == list(three_weeks)
    assert all(row["link"].endswith("/change/") and row["filing id"] for row in rows)


def test_text_of_a_filer_is_not_a_formula_in_a_spreadsheet(filer, registrar):
    a_submitted_filing(filer, changes={**INCOMPLETE, "/service/name": "=1+1"})
    check_everything()
    run = write_now(INCOMPLETE_FILINGS, by=registrar)
    assert "'=1+1" in as_csv(INCOMPLETE_FILINGS, rows_for(run, registrar), "zh")


def test_reports_can_be_listed_viewed_downloaded_and_written_at_the_desk(three_weeks, registrar):
    client = desk_of(registrar)
    run = RUNS.order_by("ends_at")[1]
    page = f"/admin/compliance/reportrun/{run.pk}/change/"
    assert "Resolved in the period" in client.get(page).content.decode()
    for form, begins in (("csv", "\ufeffchange,"), ("html", "\n<!DOCTYPE html>")):
        answer = client.get(f"/admin/compliance/reportrun/{run.pk}/report.{form}")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.content.decode().lstrip("\n").startswith(begins.lstrip("\n"))
    written = client.post("/admin/compliance/reportrun/write/incomplete_filings/")
    assert written.status_code == 302
    assert RUNS.filter(asked_by=registrar).count() == 1
    assert client.get("/admin/compliance/reportrun/").status_code == 200


def test_a_report_on_demand_has_a_row_for_an_open_flag(filer, registrar):
    filing = a_submitted_filing(filer, changes=INCOMPLETE)
    check_everything()
    assert parsed("algorithm").dossier.kind == Filing.objects.get(pk=filing.pk).kind
    assert write_now(INCOMPLETE_FILINGS, by=registrar).row_count == 1
