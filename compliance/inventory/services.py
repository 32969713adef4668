"""The services of an organization: which filings each needs, which it has, what is due next, and what is flagged."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from compliance.casework.clocks import Remaining, remaining
from compliance.checking.case_facts import working_calendar
from compliance.dossier.schema import Dossier
from compliance.dossier.stored import Canonical, load
from compliance.filings import workflow
from compliance.models import Filing, KeptService, Revision, WorkingCopy
from compliance.rules.catalog import INITIAL
from compliance.rules.duties import Duty, Need, duties_of
from registry.models import Organization

# The fields of a dossier that say which filings a service needs.
ROUTE_FIELDS = ("public", "opinion_capacity", "functions")


# A filing in these statuses has to be made again. What was cancelled has ended with its service.
_STILL_TO_FILE = workflow.ENDED - {workflow.CANCELLED}


@dataclass(slots=True)
class ServiceLine:
    """A service: its filings by kind, the latest first, its duties, and its earliest deadline."""

    name: str
    duties: list[Duty]
    filings: list[Filing] = field(default_factory=list)
    kept: KeptService | None = None
    clock: Remaining | None = None

    def filing_for(self, kind: str) -> Filing | None:
        """Return the filing of a kind that counts: the one in force, otherwise the latest one that has not ended."""
        rows = [filing for filing in self.filings if filing.kind == kind and filing.action == INITIAL]
        in_force = (filing for filing in rows if filing.status in workflow.IN_FORCE)
        running = (filing for filing in rows if filing.status not in workflow.ENDED)
        return next(in_force, None) or next(running, None) or next(iter(rows), None)

    @property
    def is_open(self) -> bool:
        """Whether a filing is needed and neither filed nor under way."""
        needed = [duty for duty in self.duties if duty.need is Need.REQUIRED]
        return any((filing := self.filing_for(duty.kind)) is None or filing.status in _STILL_TO_FILE for duty in needed)

    @property
    def errors(self) -> int:
        return sum(filing.error_count for filing in self.filings if filing.status not in workflow.ENDED)

    @property
    def warnings(self) -> int:
        return sum(filing.warning_count for filing in self.filings if filing.status not in workflow.ENDED)


def services_of(organization: Organization, *, today: date) -> list[ServiceLine]:
    """Return the services of an organization by name, with a fixed number of queries."""
    rows = Filing.objects.filter(applicant=organization).select_related("official_number")
    by_service: dict[str, list[Filing]] = {}
    for filing in rows.defer("search_text", "search_grams").order_by("-pk"):
        by_service.setdefault(filing.service_key, []).append(filing)
    telling = {key: _telling(filings) for key, filings in by_service.items()}
    contents = latest_dossiers(telling.values())
    calendar = working_calendar()
    lines = []
    for key, filings in by_service.items():
        dossier = load(contents[telling[key].pk])
        line = ServiceLine(telling[key].service_name, duties_of(dossier), filings)
        clocks = [clock for filing in filings if (clock := remaining(filing, today=today, calendar=calendar))]
        line.clock = min(clocks, key=lambda clock: clock.due_on or date.max, default=None)
        lines.append(line)
    lines += [
        ServiceLine(kept.name, duties_of(_dossier_of(kept, organization)), kept=kept)
        for kept in KeptService.objects.filter(organization=organization)
    ]
    return sorted(lines, key=lambda line: (not line.is_open, line.name))


def _telling(filings: list[Filing]) -> Filing:
    """Return the filing whose dossier tells what the service is: one in force, otherwise one that has not ended, the latest first."""
    in_force = (filing for filing in filings if filing.status in workflow.IN_FORCE)
    running = (filing for filing in filings if filing.status not in workflow.ENDED)
    return next(in_force, None) or next(running, None) or filings[0]


def latest_dossiers(filings: Iterable[Filing]) -> dict[int, str]:
    """Return the current dossier of each filing: the working copy, or the last revision."""
    keys = [filing.pk for filing in filings]
    contents = dict(WorkingCopy.objects.filter(filing__in=keys).values_list("filing", "content"))
    later = Revision.objects.filter(filing=OuterRef("filing"), number__gt=OuterRef("number"))
    last = Revision.objects.filter(~Exists(later), filing__in=set(keys) - contents.keys())
    return contents | dict(last.values_list("filing", "content"))


def _dossier_of(kept: KeptService, organization: Organization) -> Dossier:
    return load(Canonical.of(document_of(kept, organization)).text)


def document_of(kept: KeptService, organization: Organization) -> dict[str, Any]:
    """Return the particulars of a service without a filing as a dossier."""
    facts = json.loads(json.dumps(kept.facts))
    service = {name: facts[name] for name in ROUTE_FIELDS if name in facts}
    document: dict[str, Any] = {
        "kind": "generative",
        "applicant": {"name": organization.name, "uscc": organization.uscc or ""},
        "service": {"name": kept.name, **service},
    }
    if model := _model_of(facts.get("runs_on"), organization):
        document["models"] = [model]
    return document


# What a service without a filing runs on.
OWN_MODEL, CALLED_MODEL = "own", "called"


def _model_of(runs_on: str | None, organization: Organization) -> dict[str, Any] | None:
    if runs_on == OWN_MODEL:
        developer = {"name": organization.name, "uscc": organization.uscc}
        return {"key": "own", "used_by_service": True, "developer": developer}
    called = {"key": "called", "used_by_service": True, "developer": {"name": "-"}, "filing_number": "-"}
    return called if runs_on == CALLED_MODEL else None
