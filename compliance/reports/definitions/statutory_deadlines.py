"""The report on statutory deadlines: due, met and overdue, those of the authority and those of the applicants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from compliance.checking.case_facts import working_calendar
from compliance.language import Bilingual
from compliance.reports import columns
from compliance.reports.candidates import with_deadlines
from compliance.reports.catalog import Breakdown, Chart, Column, ColumnType, Figure, report
from compliance.reports.deadlines_then import ENDED, MET, MET_LATE, OVERDUE, RUNNING, DeadlineThen, deadlines_then
from compliance.reports.history import CaseThen, cases_then
from compliance.reports.scopes import Row, Scope
from compliance.rules import due_dates

AUTHORITY, APPLICANT = "authority", "applicant"
CLOCKS = {
    due_dates.DECISION: Bilingual("decision by the authority", "主管部门作出决定"),
    due_dates.CORRECTION: Bilingual("correction by the applicant", "备案主体补正"),
    due_dates.FILING: Bilingual("algorithm filing after the launch", "上线后算法备案"),
    due_dates.AMENDMENT: Bilingual("change or cancellation to be submitted", "提交变更或者注销"),
    due_dates.TERMINATION: Bilingual("cancellation after the termination", "终止服务后注销"),
}
STATES = {
    OVERDUE: Bilingual("overdue", "已逾期"),
    RUNNING: Bilingual("running", "期限内"),
    MET: Bilingual("met", "按期完成"),
    MET_LATE: Bilingual("met late", "逾期完成"),
    ENDED: Bilingual("ended without it", "已终止"),
}
BOUND = {AUTHORITY: Bilingual("the authority", "主管部门"), APPLICANT: Bilingual("the applicant", "备案主体")}


def _is_running(row: Row) -> bool:
    return bool(row["state"] == RUNNING)


def _is_overdue(row: Row) -> bool:
    return bool(row["state"] == OVERDUE)


def _is_met(row: Row) -> bool:
    """Return whether the deadline was met within the period; one that was met before, and ends in it, is not."""
    return bool(row["is_met"])


def _is_late(row: Row) -> bool:
    return row["state"] in (OVERDUE, MET_LATE)


def _is_due_in_the_period(row: Row) -> bool:
    return bool(row["is_due"])


def _binds_the_authority(row: Row) -> bool:
    return bool(row["binds"] == AUTHORITY)


def _is_overdue_of_the_authority(row: Row) -> bool:
    return _is_overdue(row) and _binds_the_authority(row)


def _is_overdue_of_an_applicant(row: Row) -> bool:
    return _is_overdue(row) and not _binds_the_authority(row)


def _met_in_time(row: Row) -> bool:
    return _is_met(row) and bool(row["state"] == MET)


def _week_due(row: Row) -> str | None:
    """Return the Monday of the week in which an open deadline ends."""
    if row["due_on"] is None or not (_is_running(row) or _is_overdue(row)):
        return None
    day = date.fromisoformat(row["due_on"])
    return (day - timedelta(days=day.weekday())).isoformat()


@report(
    "statutory_deadlines",
    title=Bilingual("Statutory deadlines", "法定期限"),
    description=Bilingual(
        "The deadlines that ran in the period: those of the authority and those of the applicants, met, running or overdue.",
        "本期内运行的法定期限：主管部门和备案主体各自的期限，按期完成、期限内和已逾期的情况。",
    ),
    sentence=Bilingual(
        "{due:deadline|deadlines} ended in the period, {met:was|were} met. At its end, {running:is|are} running and "
        "{overdue} overdue: {overdue_authority} of the authority, {overdue_applicant} of applicants.",
        "本期届满的期限 {due} 项，完成 {met} 项。期末期限内 {running} 项，已逾期 {overdue} 项：主管部门 {overdue_authority} 项，"
        "备案主体 {overdue_applicant} 项。",
    ),
    columns=(
        Column("state", Bilingual("state", "情况"), labels=STATES),
        Column("clock", Bilingual("deadline", "期限事项"), labels=CLOCKS),
        Column("binds", Bilingual("binds", "责任方"), labels=BOUND),
        *columns.CASE,
        columns.STATUS,
        Column("started_on", Bilingual("started on", "起算日"), ColumnType.DAY),
        Column(
            "due_on",
            Bilingual("due on", "届满日"),
            ColumnType.DAY,
            Bilingual(
                "The last day, in working days of China. Empty while the holiday notice of its year is not published.",
                "期限最后一日，按工作日计算；该年度放假安排尚未公布时为空。",
            ),
        ),
        Column("met_on", Bilingual("met on", "完成日"), ColumnType.DAY),
        Column(
            "days_over",
            Bilingual("days over", "逾期天数"),
            ColumnType.NUMBER,
            Bilingual("Calendar days after the last day.", "届满日之后的自然日数。"),
        ),
    ),
    paper=("state", "clock", "binds", "case_number", "service", "applicant", "due_on", "met_on", "days_over"),
    figures=(
        Figure("due", Bilingual("Due in the period", "本期届满"), _is_due_in_the_period),
        Figure("met", Bilingual("Met in the period", "本期完成"), _is_met, is_bad=False),
        Figure("met_in_time", Bilingual("Of these in time, %", "其中按期占比（%）"), _met_in_time, share_of=_is_met),
        Figure("running", Bilingual("Running at the end", "期末期限内"), _is_running),
        Figure("overdue", Bilingual("Overdue at the end", "期末已逾期"), _is_overdue, is_bad=True),
        Figure(
            "overdue_authority",
            Bilingual("Overdue: the authority's", "已逾期：主管部门"),
            _is_overdue_of_the_authority,
            is_bad=True,
        ),
        Figure(
            "overdue_applicant",
            Bilingual("Overdue: the applicants'", "已逾期：备案主体"),
            _is_overdue_of_an_applicant,
            is_bad=True,
        ),
    ),
    breakdowns=(
        Breakdown("by_state", Bilingual("By state", "按情况"), "state", labels=STATES),
        Breakdown(
            "by_clock",
            Bilingual("By deadline", "按期限事项"),
            "clock",
            part=_is_late,
            part_title=Bilingual("late", "逾期"),
            labels=CLOCKS,
        ),
        Breakdown("by_week", Bilingual("Open deadlines by week", "未完成期限按周"), _week_due, chart=Chart.COLUMNS),
        Breakdown(
            "by_province",
            Bilingual("Overdue by province", "逾期按省份"),
            "province",
            _is_overdue,
            labels=columns.province_name,
        ),
    ),
)
def statutory_deadlines(scope: Scope) -> Iterator[Row]:
    """Yield a row for each deadline that ran in the period."""
    calendar = working_calendar()
    for cases in cases_then(scope, among=with_deadlines(scope.period, calendar)):
        for case, deadline in deadlines_then(cases, scope, calendar):
            yield row_of(case, deadline, scope)


def row_of(case: CaseThen, deadline: DeadlineThen, scope: Scope) -> Row:
    day = scope.period.last_day
    due_on, closed_on = deadline.due_on, deadline.met_on or day
    return {
        "state": deadline.state(day),
        "clock": deadline.clock,
        "binds": AUTHORITY if deadline.clock == due_dates.DECISION else APPLICANT,
        **case.row,
        "started_on": deadline.started_on.isoformat(),
        "due_on": due_on.isoformat() if due_on else None,
        "met_on": deadline.met_on.isoformat() if deadline.met_on else None,
        "days_over": max((closed_on - due_on).days, 0) if due_on and deadline.ended_on is None else 0,
        "is_due": scope.period.contains_day(due_on),
        "is_met": scope.period.contains_day(deadline.met_on),
    }
