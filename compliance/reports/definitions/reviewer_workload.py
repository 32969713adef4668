"""The report on the reviewers' work: what each did in the period, how long filings waited for it, and what each holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from compliance.casework.clocks import working_days_between
from compliance.checking.case_facts import day_of, working_calendar
from compliance.filings import workflow
from compliance.language import Bilingual
from compliance.models import Assignment
from compliance.reports import columns
from compliance.reports.candidates import with_work
from compliance.reports.catalog import Breakdown, Column, ColumnType, Figure, Readers, report
from compliance.reports.history import CaseThen, cases_then, events_of, keys_of, within
from compliance.reports.scopes import KIND, PROVINCE, Row, Scope

ASSIGNED = "assigned"
_STEPS = tuple(
    transition.verb
    for transition in (workflow.RETURN, workflow.ACCEPT, workflow.FORWARD, workflow.DECIDE, workflow.REJECT)
)
WHAT = {
    ASSIGNED: Bilingual("holds at the end of the period", "期末在办"),
    **{verb: workflow.VERBS[verb] for verb in _STEPS},
}


def _is(*what: str) -> Any:
    return lambda row: row["what"] in what


def _is_step(row: Row) -> bool:
    return bool(row["what"] != ASSIGNED)


@report(
    "reviewer_workload",
    title=Bilingual("Reviewers' workload", "审核工作量"),
    description=Bilingual(
        "The steps that reviewers and registrars took in the period, how many working days filings waited for them, and what "
        "each holds at its end.",
        "本期审核人员和登记人员办理的环节、申报等待的工作日数，以及期末在办情况。",
    ),
    sentence=Bilingual(
        "{people:person|people} took {steps:step|steps}: {accepted:filing|filings} accepted, {returned} returned, {decided} "
        "decided. {held:filing is|filings are} assigned at the end of the period.",
        "本期 {people} 人办理 {steps} 次：受理 {accepted} 项，退回 {returned} 项，办结 {decided} 项；期末在办 {held} 项。",
    ),
    columns=(
        Column("person", Bilingual("person", "人员")),
        Column("what", Bilingual("step", "环节"), labels=WHAT),
        Column("at_time", Bilingual("time", "时间"), ColumnType.MOMENT),
        Column(
            "waited_days",
            Bilingual("working days waited", "等待工作日"),
            ColumnType.NUMBER,
            Bilingual(
                "Working days from the step before, or from the submission, to this one; for what is held, to the end of the period.",
                "自上一环节或者提交之日起的工作日数；在办的计至期末。",
            ),
        ),
        *columns.CASE,
        columns.STATUS,
    ),
    paper=("person", "what", "at_time", "waited_days", "case_number", "service", "status"),
    figures=(
        Figure("people", Bilingual("People", "人员"), _is_step, of="person"),
        Figure("steps", Bilingual("Steps", "办理环节"), _is_step),
        Figure("accepted", Bilingual("Accepted", "受理"), _is(workflow.ACCEPT.verb)),
        Figure("returned", Bilingual("Returned", "退回"), _is(workflow.RETURN.verb)),
        Figure("decided", Bilingual("Decided", "办结"), _is(workflow.DECIDE.verb, workflow.REJECT.verb)),
        Figure("held", Bilingual("Held at the end", "期末在办"), _is(ASSIGNED)),
    ),
    breakdowns=(
        Breakdown(
            "by_person",
            Bilingual("Steps by person", "办理环节按人员"),
            "person",
            _is_step,
            median_of="waited_days",
            median_title=Bilingual("median working days", "工作日中位数"),
        ),
        Breakdown(
            "held_by_person",
            Bilingual("Held by person", "期末在办按人员"),
            "person",
            _is(ASSIGNED),
            median_of="waited_days",
            median_title=Bilingual("median working days", "工作日中位数"),
        ),
        Breakdown(
            "by_step",
            Bilingual("By step", "按环节"),
            "what",
            _is_step,
            median_of="waited_days",
            median_title=Bilingual("median working days", "工作日中位数"),
            labels=WHAT,
        ),
    ),
    parameters=(PROVINCE, KIND),
    readers=Readers.STAFF,
)
def reviewer_workload(scope: Scope) -> Iterator[Row]:
    """Yield a row for each step taken in the period, and for each filing that somebody held at its end."""
    calendar = working_calendar()

    @lru_cache(maxsize=50_000)
    def working_days(start: date, end: date) -> int:
        return working_days_between(start, end, calendar)

    for cases in cases_then(scope, among=with_work(scope.period)):
        events, holders = events_of(cases, scope.period.ends_at), _holders(cases, scope)
        for case in cases:
            yield from _steps(case, events[case.key], scope, working_days)
            if case.key in holders and case.status in workflow.UNDECIDED:
                yield _held(case, events[case.key], holders[case.key], scope, working_days)


def _steps(case: CaseThen, events: list[dict[str, Any]], scope: Scope, working_days: Any) -> Iterator[Row]:
    since = day_of(case.first_submitted_at)
    for event in events:
        day = day_of(event["at"])
        if event["verb"] in _STEPS and scope.period.contains(event["at"]):
            yield {
                "person": event["actor"],
                "what": event["verb"],
                "at_time": event["at"].isoformat(),
                "waited_days": working_days(since, day),
                **case.row,
            }
        if event["verb"] in _STEPS or event["verb"] == workflow.SUBMIT.verb:
            since = day


def _held(case: CaseThen, events: list[dict[str, Any]], holder: str, scope: Scope, working_days: Any) -> Row:
    moves = [event for event in events if event["verb"] in _STEPS or event["verb"] == workflow.SUBMIT.verb]
    since = day_of(moves[-1]["at"] if moves else case.first_submitted_at)
    return {
        "person": holder,
        "what": ASSIGNED,
        "at_time": None,
        "waited_days": working_days(since, scope.period.last_day),
        **case.row,
    }


def _holders(cases: list[CaseThen], scope: Scope) -> dict[int, str]:
    """Return who held each filing at the end of the period, by the record of assignments. One query."""
    rows = Assignment.objects.filter(within(keys_of(cases)), at__lt=scope.period.ends_at).order_by("pk")
    last = dict(rows.values_list("filing_id", "assignee__username"))
    return {key: username for key, username in last.items() if username}
