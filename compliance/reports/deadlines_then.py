"""
The statutory deadlines of filings over time: when each began, its last day, and when it was met or ended. Derived from the
history, so that a deadline that was met long ago is still known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from compliance.checking.case_facts import day_of
from compliance.dossier.schema import Dossier
from compliance.filings import workflow
from compliance.models import Action, Event, Filing, Kind
from compliance.reports.history import CaseThen, events_of
from compliance.reports.scopes import Scope
from compliance.rules import due_dates, thresholds
from compliance.rules.calendar import WorkingCalendar
from compliance.rules.context import Clock, Context, Facts, FilingFact, same_name
from registry.names import key_of

MET, MET_LATE, RUNNING, OVERDUE, ENDED = "met", "met_late", "running", "overdue", "ended"
_DECISIONS = frozenset({workflow.DECIDE.verb, workflow.RECORD_DECISION.verb, workflow.REJECT.verb})
_STOPS_A_DECISION = frozenset({workflow.RETURN.verb, workflow.WITHDRAW.verb})
_ANSWERS = frozenset({workflow.SUBMIT.verb})
_GIVES_UP = frozenset({workflow.WITHDRAW.verb, workflow.REJECT.verb})


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
    Yield the deadlines of filings that began before the end of the period and were not closed before it began. Four queries.
    """
    period = scope.period
    events = events_of(cases, period.ends_at)
    services = _submissions_of_services(cases, period.ends_at)
    cancelled = _cancellations(cases, period.ends_at)
    for case in cases:
        for deadline in (
            *_of_events(case, events[case.key], period.last_day, calendar),
            *_of_dossier(case, services, cancelled.get(case.key), period.last_day, calendar),
        ):
            if deadline.closed_on is None or deadline.closed_on >= period.first_day:
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


def _of_dossier(
    case: CaseThen,
    services: dict[tuple[str, str], list[tuple[int, FilingFact]]],
    cancelled_on: date | None,
    day: date,
    calendar: WorkingCalendar,
) -> Iterator[DeadlineThen]:
    """Yield the deadlines that begin with what the dossier declares: a launch, a change, a termination."""
    dossier = case.dossier
    others = services.get((case.uscc, key_of(same_name(dossier.service.name))), [])
    facts = Facts(
        status=case.status,
        first_submitted_on=day_of(case.first_submitted_at),
        other_filings=tuple(fact for key, fact in others if key != case.key),
        calendar=calendar,
    )
    context = Context(facts, Clock(day))
    ended = day if case.status in workflow.ENDED else None
    for found in _declared(dossier, context):
        if found is not None and found.clock != due_dates.CORRECTION:
            met = cancelled_on if found.clock == due_dates.TERMINATION else found.met_on
            if met is None and ended is not None:
                continue
            yield DeadlineThen(found.clock, found.start, found.last_day(context), met)


def _declared(dossier: Dossier, context: Context) -> Iterator[due_dates.Deadline | None]:
    return due_dates.all_deadlines(dossier, context)


def _submissions_of_services(
    cases: list[CaseThen], end: datetime
) -> dict[tuple[str, str], list[tuple[int, FilingFact]]]:
    """Return the first submissions of initial algorithm filings, by applicant and key of the service."""
    applicants = {case.uscc for case in cases if case.kind == Kind.ALGORITHM}
    rows = Filing.objects.filter(
        applicant__uscc__in=applicants,
        kind=Kind.ALGORITHM,
        action=Action.INITIAL,
        first_submitted_at__lt=end,
    ).values_list("pk", "applicant__uscc", "service_key", "kind", "service_name", "first_submitted_at")
    rows = list(rows)
    withdrawn = set(
        Event.objects.filter(filing__in=[row[0] for row in rows], verb=workflow.WITHDRAW.verb, at__lt=end).values_list(
            "filing_id", flat=True
        )
    )
    found: dict[tuple[str, str], list[tuple[int, FilingFact]]] = defaultdict(list)
    for key, uscc, service, kind, name, submitted_at in rows:
        status = workflow.WITHDRAWN if key in withdrawn else workflow.SUBMITTED
        found[uscc, service].append((key, FilingFact(kind, status, name, day_of(submitted_at))))
    return found


def _cancellations(cases: list[CaseThen], end: datetime) -> dict[int, date]:
    """Return the day on which a cancellation of each filing was first submitted."""
    submitted = Filing.objects.filter(
        action=Action.CANCELLATION,
        target__gte=cases[0].key,
        target__lte=cases[-1].key,
        first_submitted_at__lt=end,
    ).exclude(status__in=workflow.REFERENCE_IS_FREE)
    found: dict[int, date] = {}
    for target, at in submitted.order_by("-first_submitted_at").values_list("target_id", "first_submitted_at"):
        day = day_of(at)
        assert day is not None
        found[target] = day
    return found
