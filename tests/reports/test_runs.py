"""Report runs: each period once and whole, whatever happens to the workers; failures are told and can be repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import OperationalError

from compliance.language import Bilingual
from compliance.models import Change, ReportFigures, ReportPart, ReportRun, RunState
from compliance.reports import runs
from compliance.reports.catalog import REPORTS, Column, Report, report
from compliance.reports.packing import ROWS_OF_A_PART
from compliance.reports.runs import (
    PAUSE_AFTER_END,
    repeat_run,
    request_run,
    runs_to_write,
    schedule_weekly_runs,
    write_run,
)
from compliance.reports.scopes import EVERYTHING, Row, Scope
from compliance.reports.written import stored
from compliance.tasks import write_due_reports, write_report
from config.celery import app
from registry.models import User
from tests.reports.writing import moment

MONDAY = moment("2026-11-02T00:00")
WEEK = timedelta(days=7)
ROWS = 2 * ROWS_OF_A_PART + 500
Rows = Callable[[Scope], Iterator[Row]]


def numbers(scope: Scope) -> Iterator[Row]:
    for i in range(ROWS):
        yield {"number": i, "province": "44", "uscc": ""}


@pytest.fixture
def made() -> Iterator[Callable[[Rows], Report]]:
    """Put a report with given rows into the catalog, for the time of a test."""

    def make(rows: Rows) -> Report:
        REPORTS.pop("made", None)
        title = Bilingual("Made", "自制")
        column = Column("number", Bilingual("number", "数"))
        report("made", title=title, description=title, sentence=title, columns=(column,), paper=("number",))(rows)
        return REPORTS["made"]

    yield make
    REPORTS.pop("made", None)


def numbers_of(run: ReportRun) -> list[int]:
    run.refresh_from_db()
    return [row["number"] for row in stored(run, EVERYTHING).rows()]


def periods() -> list[tuple[datetime, datetime]]:
    scheduled = ReportRun.objects.scheduled().order_by("ends_at")
    return list(scheduled.values_list("begins_at", "ends_at"))


def test_each_of_five_weeks_is_written_once_although_beat_was_down_for_two(db: None) -> None:
    with time_machine.travel(MONDAY, tick=False) as traveler:
        for start, end in ((timedelta(), 1.5 * WEEK), (3.6 * WEEK, 5.1 * WEEK)):
            at = MONDAY + start + timedelta(minutes=20)
            while at < MONDAY + end:
                traveler.move_to(at)
                schedule_weekly_runs()
                for key in runs_to_write():
                    write_run(key)
                at += timedelta(hours=1)
    assert periods() == [(MONDAY + i * WEEK, MONDAY + (i + 1) * WEEK) for i in range(-1, 5)]
    assert set(ReportRun.objects.values_list("state", "report")) == {("written", "incomplete_filings")}


def test_a_period_is_reported_once_it_has_settled(db: None) -> None:
    at = MONDAY + PAUSE_AFTER_END
    assert [len(schedule_weekly_runs(at=moment)) for moment in (at - timedelta(seconds=1), at, at)] == [1, 1, 0]
    assert periods()[-1] == (MONDAY - WEEK, MONDAY)


def test_the_schedule_makes_and_assigns_runs(db: None) -> None:
    entry = app.conf.beat_schedule["reports"]
    assert entry["task"] == write_due_reports.name


def test_a_run_is_written_in_parts_with_its_hash(made: Callable[[Rows], Report], registrar: User) -> None:
    run = request_run(made(numbers), by=registrar)
    assert (run.state, run.row_count, run.parts.count(), len(run.sha256)) == (RunState.WRITTEN, ROWS, 3, 64)
    assert numbers_of(run) == list(range(ROWS))
    assert Change.objects.get().data["rows"] == ROWS


def test_a_worker_counts_the_figures_with_the_rows(made: Callable[[Rows], Report], registrar: User) -> None:
    run = runs.ask_run(made(numbers), by=registrar)
    assert [write_report(run.pk), write_report(run.pk)] == [True, False]
    assert list(ReportFigures.objects.values_list("run", "sight")) == [(run.pk, "")]


def test_a_run_is_written_once_even_when_retried(made: Callable[[Rows], Report], registrar: User) -> None:
    run = request_run(made(numbers), by=registrar)
    assert [write_run(run.pk) for _ in range(2)] == [False, False]
    assert Change.objects.count() == 1


def test_what_a_killed_worker_left_is_written_again_whole(made: Callable[[Rows], Report], registrar: User) -> None:
    class Killed(BaseException):
        pass

    def dies(scope: Scope) -> Iterator[Row]:
        yield from list(numbers(scope))[: ROWS_OF_A_PART + 1]
        raise Killed

    with pytest.raises(Killed):
        request_run(made(dies), by=registrar)
    run = ReportRun.objects.get()
    assert (run.state, run.row_count, ReportPart.objects.count()) == (RunState.WRITING, ROWS_OF_A_PART, 1)
    made(numbers)
    assert (runs_to_write(), write_run(run.pk)) == ([], False)
    with time_machine.travel(run.leased_until + timedelta(seconds=1), tick=True):
        assert runs_to_write() == [run.pk]
        assert write_run(run.pk)
    assert numbers_of(run) == list(range(ROWS))
    assert Change.objects.count() == 1


def test_a_worker_that_lost_its_lease_stores_nothing_more(made: Callable[[Rows], Report], registrar: User) -> None:
    def is_overtaken(scope: Scope) -> Iterator[Row]:
        rows = numbers(scope)
        yield from (next(rows) for _ in range(ROWS_OF_A_PART + 1))
        if ReportRun.objects.get().attempts == 1:
            ReportRun.objects.update(leased_until=None)
            assert write_run(ReportRun.objects.get().pk)
        yield from rows

    run = request_run(made(is_overtaken), by=registrar)
    assert (run.state, run.attempts) == (RunState.WRITTEN, 2)
    assert numbers_of(run) == list(range(ROWS))
    assert Change.objects.count() == 1


def test_a_run_that_takes_too_long_fails_and_can_be_repeated(made: Callable[[Rows], Report], registrar: User) -> None:
    with time_machine.travel(MONDAY, tick=False) as traveler:

        def slow(scope: Scope) -> Iterator[Row]:
            for row in numbers(scope):
                traveler.shift(1)
                yield row

        run = request_run(made(slow), by=registrar)
    assert (run.state, run.error) == (
        RunState.FAILED,
        f"The report was not written within {settings.REPORT_SECONDS} seconds.",
    )
    made(numbers)
    repeat_run(run)
    assert write_run(run.pk)
    assert numbers_of(run) == list(range(ROWS))


def test_a_run_whose_workers_are_killed_again_and_again_fails(made: Callable[[Rows], Report], registrar: User) -> None:
    run = runs.ask_run(made(numbers), by=registrar)
    ReportRun.objects.update(state=RunState.WRITING, attempts=runs.MOST_ATTEMPTS, leased_until=MONDAY)
    assert runs_to_write() == []
    run.refresh_from_db()
    assert (run.state, run.error[:31]) == (RunState.FAILED, "The worker was stopped 3 times ")


def test_a_report_that_raises_fails_with_its_reason(made: Callable[[Rows], Report], registrar: User) -> None:
    def broken(scope: Scope) -> Iterator[Row]:
        yield {"number": 1}
        raise ZeroDivisionError("a fault")

    run = request_run(made(broken), by=registrar)
    assert (run.state, run.error) == (RunState.FAILED, "ZeroDivisionError: a fault")


def test_a_full_disk_is_tried_again(
    made: Callable[[Rows], Report], registrar: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**columns: Any) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(ReportPart.objects, "create", full)
        run = request_run(made(numbers), by=registrar)
    assert (run.state, run.error) == (RunState.WRITING, "database or disk is full")
    with time_machine.travel(run.leased_until + timedelta(seconds=1), tick=True):
        assert write_run(run.pk)
    assert numbers_of(run) == list(range(ROWS))


def test_in_a_large_registry_a_worker_writes_what_somebody_asks_for(
    made: Callable[[Rows], Report], registrar: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "SMALL", -1)
    run = request_run(made(numbers), by=registrar)
    assert (run.state, runs_to_write()) == (RunState.WAITING, [run.pk])
