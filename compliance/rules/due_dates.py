"""The statutory deadlines in working days of China: their start and their length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from compliance.dossier.pointer import ROOT, Pointer
from compliance.dossier.schema import Dossier
from compliance.rules import thresholds
from compliance.rules.catalog import ALGORITHM, CANCELLATION, CHANGE
from compliance.rules.context import DRAFT, FILED, RETURNED, WITHDRAWN, Clock, Context, Facts, FilingFact, same_name
from compliance.rules.reading import SERVICE

NOT_COUNTING = frozenset({DRAFT, WITHDRAWN})


# The clocks: what must happen by the last day of each. Only the first one binds the authority.
DECISION, FILING, AMENDMENT, TERMINATION, CORRECTION = "decision", "filing", "amendment", "termination", "correction"
BEING_DECIDED = frozenset({"accepted", "provincial_review", "national_review"})


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline: its clock, the place and date of its start, its working days, and the first submission, if any."""

    clock: str
    at: Pointer
    start: date
    days: int
    met_on: date | None

    def last_day(self, context: Context) -> date | None:
        """Return the last day to submit, or None if the holiday notice for its year is not confirmed."""
        return context.facts.calendar.working_day_after(self.start, self.days)


def declared_days(dossier: Dossier) -> list[date]:
    """Return the days from which a dossier says that deadlines run, come or not."""
    days = (dossier.service.launched_on, dossier.service.terminated_on, dossier.occurred_on)
    return [day for day in days if day is not None]


def filing_deadline(dossier: Dossier, context: Context) -> Deadline | None:
    """Return the deadline of ALG 24 ¶1; None while the service is not launched or does not have to be filed."""
    service = dossier.service
    if not (service.public and service.opinion_capacity and service.launched_on):
        return None
    if dossier.kind != ALGORITHM or not context.has_reached(service.launched_on):
        return None
    days = thresholds.FILING_DAYS.count_on(context.day)
    return Deadline(FILING, SERVICE / "launched_on", service.launched_on, days, _first_submission(dossier, context))


def _first_submission(dossier: Dossier, context: Context) -> date | None:
    """Return the first submission of any algorithm filing of the applicant for this service, except withdrawn ones."""
    others = [filing for filing in context.facts.other_filings or () if _is_for_same_service(filing, dossier)]
    own = None if context.facts.status == WITHDRAWN else context.facts.first_submitted_on
    days = [own, *(filing.first_submitted_on for filing in others)]
    return min((day for day in days if day), default=None)


def _is_for_same_service(filing: FilingFact, dossier: Dossier) -> bool:
    return (
        filing.kind == ALGORITHM
        and filing.status not in NOT_COUNTING
        and same_name(filing.service_name) == same_name(dossier.service.name)
    )


def amendment_deadline(dossier: Dossier, context: Context) -> Deadline | None:
    """Return the deadline of ALG 24 ¶2 and ¶3; None before the change or termination has occurred."""
    if dossier.occurred_on is None or not context.has_reached(dossier.occurred_on):
        return None
    figure = thresholds.CHANGE_DAYS if dossier.action == CHANGE else thresholds.CANCELLATION_DAYS
    days = figure.count_on(context.day)
    return Deadline(AMENDMENT, ROOT / "occurred_on", dossier.occurred_on, days, context.facts.first_submitted_on)


def cancellation_deadline(dossier: Dossier, context: Context) -> Deadline | None:
    """Return the deadline of ALG 24 ¶3 for the filing itself; None if it is not filed or a cancellation is submitted."""
    terminated_on = dossier.service.terminated_on
    if context.facts.status != FILED or context.facts.has_cancellation or terminated_on is None:
        return None
    if not context.has_reached(terminated_on):
        return None
    days = thresholds.CANCELLATION_DAYS.count_on(context.day)
    return Deadline(TERMINATION, SERVICE / "terminated_on", terminated_on, days, None)


def correction_deadline(context: Context) -> Deadline | None:
    """Return the deadline of the latest return; None once the filing is resubmitted."""
    returned_on = context.facts.returned_on
    if returned_on is None or context.facts.status != RETURNED:
        return None
    return Deadline(CORRECTION, ROOT, returned_on, thresholds.CORRECTION_DAYS.count_on(context.day), None)


def decision_deadline(dossier: Dossier, context: Context) -> Deadline | None:
    """Return the authority's deadline of ALG 25; None unless an algorithm filing is accepted and not decided."""
    accepted_on = context.facts.accepted_on
    if dossier.kind != ALGORITHM or accepted_on is None or context.facts.status not in BEING_DECIDED:
        return None
    return Deadline(DECISION, ROOT, accepted_on, thresholds.DECISION_DAYS.count_on(context.day), None)


def next_deadline(dossier: Dossier, facts: Facts, *, today: date) -> tuple[str, date | None] | None:
    """
    Return the clock and the last day of the earliest unmet deadline, of the authority or the applicant, running or missed;
    None without one. The last day is None if it lies in a year whose holiday notice is not confirmed.
    """
    context = Context(facts, Clock(today))
    deadlines = [*all_deadlines(dossier, context), decision_deadline(dossier, context)]
    unmet = [deadline for deadline in deadlines if deadline and deadline.met_on is None]
    days = [(deadline.clock, deadline.last_day(context)) for deadline in unmet]
    return min(days, key=lambda pair: pair[1] or date.max, default=None)


def running_deadlines(dossier: Dossier, facts: Facts, *, today: date) -> list[tuple[Pointer, date]]:
    """
    Return the filer's deadlines that are running or missed, as (place of the start, last day), the earliest first.

    Deadlines in a year whose holiday notice is not confirmed are left out.
    """
    context = Context(facts, Clock(today))
    unmet = [deadline for deadline in all_deadlines(dossier, context) if deadline and deadline.met_on is None]
    days = [(deadline.at, deadline.last_day(context)) for deadline in unmet]
    return sorted(((at, day) for at, day in days if day), key=lambda pair: pair[1])


def all_deadlines(dossier: Dossier, context: Context) -> Iterator[Deadline | None]:
    """Yield the filer's deadlines; that of the authority is not among them."""
    if dossier.action in (CHANGE, CANCELLATION):
        yield amendment_deadline(dossier, context)
    else:
        yield filing_deadline(dossier, context)
        yield cancellation_deadline(dossier, context)
    if dossier.action != CANCELLATION:
        yield correction_deadline(context)
