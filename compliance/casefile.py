"""The only bridge from rows to rules: stored filings become dossiers and facts, many at once in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from compliance.dossier.schema import Dossier
from compliance.dossier.stored import load
from compliance.models import CalendarDay, ConfirmedYear, Filing, Kind, Revision, WorkingCopy
from compliance.rules.calendar import WorkingCalendar
from compliance.rules.context import Facts, FilingFact

Service = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Case:
    """A filing as the rules see it."""

    filing: Filing
    content: str
    facts: Facts

    @property
    def dossier(self) -> Dossier:
        return load(self.content)


def cases_of(filings: Sequence[Filing]) -> list[Case]:
    """Load the dossiers and facts of filings. Five queries, however many filings."""
    contents = _contents(filings)
    others = _algorithm_filings(filings)
    calendar = working_calendar()
    return [Case(filing, contents[filing.pk], _facts(filing, others[_service(filing)], calendar)) for filing in filings]


def working_calendar() -> WorkingCalendar:
    """The published calendar with what administrators entered. Two queries."""
    return WorkingCalendar(
        dict(CalendarDay.objects.values_list("day", "is_worked")),
        frozenset(ConfirmedYear.objects.values_list("year", flat=True)),
    )


def _contents(filings: Sequence[Filing]) -> dict[int, str]:
    """The working copy while there is one, else the last revision."""
    keys = [filing.pk for filing in filings]
    last = Revision.objects.filter(filing=OuterRef("filing")).order_by("-number").values("number")[:1]
    frozen = Revision.objects.filter(filing__in=keys, number=Subquery(last))
    return {
        **dict(frozen.values_list("filing_id", "content")),
        **dict(WorkingCopy.objects.filter(filing__in=keys).values_list("filing_id", "content")),
    }


def _algorithm_filings(filings: Iterable[Filing]) -> dict[Service, list[tuple[int, FilingFact]]]:
    """The algorithm filings of the same applicants for the same services, by applicant and service."""
    services = {_service(filing) for filing in filings}
    rows = Filing.objects.filter(
        kind=Kind.ALGORITHM,
        applicant__in={applicant for applicant, _ in services},
        service_key__in={key for _, key in services},
    ).values_list("pk", "applicant_id", "service_key", "kind", "status", "service_name", "first_submitted_at")
    found: dict[Service, list[tuple[int, FilingFact]]] = defaultdict(list)
    for pk, applicant, key, kind, status, name, first_submitted_at in rows:
        fact = FilingFact(kind, status, name, day_of(first_submitted_at))
        found[applicant, key].append((pk, fact))
    return found


def _facts(filing: Filing, others: list[tuple[int, FilingFact]], calendar: WorkingCalendar) -> Facts:
    return Facts(
        status=filing.status,
        # What can still be edited is judged as of today, whenever an earlier revision was submitted.
        submitted_on=None if filing.is_editable else day_of(filing.submitted_at),
        first_submitted_on=day_of(filing.first_submitted_at),
        other_filings=tuple(fact for pk, fact in others if pk != filing.pk),
        # Official numbers are not kept yet: of the number that a filing amends nothing can be said.
        numbers_are_known=False,
        calendar=calendar,
    )


def _service(filing: Filing) -> Service:
    return filing.applicant_id, filing.service_key


def day_of(moment: datetime | None) -> date | None:
    """The day of a moment in Asia/Shanghai, the time zone of every deadline."""
    return timezone.localtime(moment).date() if moment else None
