"""
The statutory deadlines of filings over time: when each began, its last day, and when it was met or ended. Derived from the
history, so that a deadline that was met long ago is still known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from compliance.checking.case_facts import day_of
from compliance.filings import workflow
from compliance.models import Action, Kind
from compliance.reports.history import CaseThen, cases_then, events_of
from compliance.reports.scopes import Scope, Sight
from compliance.rules import due_dates, thresholds
from compliance.rules.calendar import WorkingCalendar
from compliance.rules.context import Clock, Context, Facts, FilingFact, same_name
from registry.numbers.forms import number_key

MET, MET_LATE, RUNNING, OVERDUE, ENDED = "met", "met_late", "running", "overdue", "ended"
_DECISIONS = frozenset({workflow.DECIDE.verb, workflow.RECORD_DECISION.verb, workflow.REJECT.verb})
_STOPS_A_DECISION = frozenset({workflow.RETURN.verb, workflow.WITHDRAW.verb})
_ANSWERS = frozenset({workflow.SUBMIT.verb})
_GIVES_UP = frozenset({workflow.WITHDRAW.verb, workflow.REJECT.verb})
_ENDS_A_NUMBER = frozenset({workflow.CANCEL.verb, workflow.REVOKE.verb})


@dataclass(frozen=True, slots=True)
class DeadlineThen:
    """A deadline: its clock, its first and last day, and the day on which it was met, or ended without being met."""

    clock: str
    started_on: date
    due_on: date | None
    met_on: date | None = None
    ended_on: date | None = None

    @property
    def closed_on(self) -> date | None:
        return self.met_on or self.ended_on

    def state(self, day: date) -> str:
        """Return how the deadline stands on a day."""
        if self.met_on is not None:
            return MET_LATE if self.due_on and self.met_on > self.due_on else MET
        if self.ended_on is not None:
            return ENDED
        return OVERDUE if self.due_on and self.due_on < day else RUNNING


def deadlines_then(
    cases: list[CaseThen], scope: Scope, calendar: WorkingCalendar
) -> Iterator[tuple[CaseThen, DeadlineThen]]:
    """
    Yield the deadlines of filings that began before the end of the period, and were not closed before it began or have their
    last day in it.
    """
    period = scope.period
    events = events_of(cases, period.ends_at)
    others = _Others(cases, scope)
    for case in cases:
        for deadline in (
            *_of_events(case, events[case.key], period.last_day, calendar),
            *_of_dossier(case, others, period.last_day, calendar),
            *_of_termination(case, events[case.key], others, period.last_day, calendar),
        ):
            is_closed_before = deadline.closed_on is not None and deadline.closed_on < period.first_day
            if not is_closed_before or period.contains_day(deadline.due_on):
                yield case, deadline


def _of_events(
    case: CaseThen, events: list[dict[str, Any]], day: date, calendar: WorkingCalendar
) -> Iterator[DeadlineThen]:
    """Yield the deadlines to correct a returned filing and to decide an accepted one."""
    for i, event in enumerate(events):
        after = events[i + 1 :]
        if event["verb"] == workflow.RETURN.verb and case.action != Action.CANCELLATION:
            days = thresholds.CORRECTION_DAYS.count_on(day)
            yield _deadline(
                due_dates.CORRECTION, event, days, calendar, _first(after, _ANSWERS), _first(after, _GIVES_UP)
            )
        if event["verb"] == workflow.ACCEPT.verb and case.kind == Kind.ALGORITHM:
            days = thresholds.DECISION_DAYS.count_on(day)
            stop = _first(after, _STOPS_A_DECISION)
            yield _deadline(due_dates.DECISION, event, days, calendar, _first(after, _DECISIONS), stop)


def _first(events: list[dict[str, Any]], verbs: frozenset[str]) -> date | None:
    return next((day_of(event["at"]) for event in events if event["verb"] in verbs), None)


def _deadline(
    clock: str, event: dict[str, Any], days: int, calendar: WorkingCalendar, met: date | None, ended: date | None
) -> DeadlineThen:
    """Return a deadline that begins with an event; whichever of meeting and ending comes first closes it."""
    start = day_of(event["at"])
    assert start is not None
    if met and ended and ended < met:
        met = None
    return DeadlineThen(clock, start, calendar.working_day_after(start, days), met, None if met else ended)


def _of_dossier(case: CaseThen, others: _Others, day: date, calendar: WorkingCalendar) -> Iterator[DeadlineThen]:
    """Yield the deadlines that begin with a launch or a change that the dossier declares. None runs for an ended filing."""
    facts = Facts(
        status=case.status,
        first_submitted_on=day_of(case.first_submitted_at),
        other_filings=tuple(others.filings_of_the_service(case)),
        calendar=calendar,
    )
    context = Context(facts, Clock(day))
    for found in due_dates.all_deadlines(case.dossier, context):
        if found is None or found.clock in (due_dates.CORRECTION, due_dates.TERMINATION):
            continue
        if found.met_on is not None or case.status not in workflow.ENDED:
            yield DeadlineThen(found.clock, found.start, found.last_day(context), found.met_on)


def _of_termination(
    case: CaseThen, events: list[dict[str, Any]], others: _Others, day: date, calendar: WorkingCalendar
) -> Iterator[DeadlineThen]:
    """Yield the deadline to cancel a filing whose service has ended: met by a cancellation, whatever became of the filing since."""
    terminated_on = case.dossier.service.terminated_on
    numbers = {
        number_key(event["data"]["number"]) for event in events if "day" in event["data"] and "number" in event["data"]
    }
    if case.action != Action.INITIAL or not numbers or terminated_on is None or terminated_on > day:
        return
    met_on = others.cancelled_on(case.uscc, numbers)
    ended_on = _first(events, _ENDS_A_NUMBER)
    if met_on is None and ended_on is not None and ended_on < terminated_on:
        return
    due_on = calendar.working_day_after(terminated_on, thresholds.CANCELLATION_DAYS.count_on(day))
    yield DeadlineThen(due_dates.TERMINATION, terminated_on, due_on, met_on, None if met_on else ended_on)


class _Others:
    """The other filings of the applicants, as they stood then: which cover a service, and which cancel a number."""

    def __init__(self, cases: list[CaseThen], scope: Scope) -> None:
        applicants = frozenset(case.uscc for case in cases)
        theirs = Scope(scope.period, {}, Sight(organizations=applicants))
        self._algorithms: dict[tuple[str, str], list[CaseThen]] = defaultdict(list)
        self._cancelled: dict[tuple[str, str], date] = {}
        for batch in cases_then(theirs):
            for case in batch:
                self._add(case)

    def _add(self, case: CaseThen) -> None:
        if case.action == Action.INITIAL and case.kind == Kind.ALGORITHM:
            self._algorithms[case.uscc, same_name(case.service)].append(case)
        if case.action == Action.CANCELLATION and case.status not in workflow.REFERENCE_IS_FREE:
            key, day = (case.uscc, number_key(case.dossier.amends or "")), day_of(case.first_submitted_at)
            assert day is not None
            self._cancelled[key] = min(day, self._cancelled.get(key, day))

    def filings_of_the_service(self, case: CaseThen) -> Iterator[FilingFact]:
        """Yield the other algorithm filings of the applicant for the same service."""
        for other in self._algorithms[case.uscc, same_name(case.service)]:
            if other.key != case.key:
                yield FilingFact(other.kind, other.status, other.service, day_of(other.first_submitted_at))

    def cancelled_on(self, uscc: str, numbers: set[str]) -> date | None:
        """Return the day on which a cancellation of one of the numbers was first submitted."""
        days = [self._cancelled[uscc, number] for number in numbers if (uscc, number) in self._cancelled]
        return min(days, default=None)
