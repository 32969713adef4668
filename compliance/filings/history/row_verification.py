"""
Verifying the rows that follow from the history: dates, applicant, documents and official number of each filing, and whether a
filing is missing. The events are the record; whoever changed one of these rows by hand wrote no event.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.core.files.storage import Storage, storages

from compliance.filings import workflow
from compliance.models import CaseNumbers, Document, Event, Filing, Revision
from registry.models import OfficialNumber
from registry.models.numbers import in_force
from registry.numbers.forms import number_key

_DECIDED = (workflow.DECIDE.verb, workflow.RECORD_DECISION.verb, workflow.REJECT.verb)
# The verbs whose last event gives the time of a column.
_TIMES = {
    "accepted_at": (workflow.ACCEPT.verb,),
    "returned_at": (workflow.RETURN.verb,),
    "decided_at": _DECIDED,
}
_READ_AT_ONCE = 1_048_576


class RowFault(NamedTuple):
    """A code of `verification`, and its values by name."""

    code: str
    values: dict[str, object]


def row_faults(filing: Filing, events: list[Event], revisions: list[Revision]) -> Iterator[RowFault]:
    """Yield what does not follow from the events of a filing, besides documents and numbers."""
    if not events and not filing.last_event_number:
        yield RowFault("no_history", {})
        return
    for column, asked in _times_of(events).items():
        if getattr(filing, column) != asked:
            yield RowFault("date_differs", {"name": column, "asked": _shown(asked)})
    if revisions and (uscc := _applicant_of(revisions[-1])) and uscc != filing.applicant.uscc:
        yield RowFault("applicant_differs", {"asked": uscc, "found": filing.applicant.uscc})


def number_faults(
    filing: Filing, events: list[Event], revisions: list[Revision], number: OfficialNumber | None
) -> Iterator[RowFault]:
    """Yield what does not follow from the decision on an initial filing; a change or cancellation has no number of its own."""
    if filing.action != "initial":
        return
    decision = next((event for event in reversed(events) if event.verb in _DECIDED and "number" in event.data), None)
    asked = str(decision.data["number"]) if decision else ""
    if number is None or not decision:
        if asked or number is not None:
            yield RowFault("number_differs", {"found": number.number if number else "–", "asked": asked or "–"})
        return
    expected = {
        "number": asked,
        "status": in_force(number.kind) if filing.status == workflow.FILED else filing.status,
        "holder": filing.applicant_id,
        "date": decision.data.get("day") or _day(number),
    }
    found = {
        "number": number.number if number_key(number.number) == number.key else number.key,
        "status": number.status,
        "holder": number.organization_id,
        "date": _day(number),
    }
    if number.holder not in {filing.applicant.name, *_names_of(revisions)}:
        values = {"name": "holder", "found": number.holder, "asked": filing.applicant.name}
        yield RowFault("official_number_changed", values | {"number": number.number})
    for name in expected:
        if found[name] != expected[name]:
            values = {"name": name, "found": _named(number, name), "asked": _asked(filing, name, expected[name])}
            yield RowFault("official_number_changed", values | {"number": number.number})


def document_faults(documents: Iterable[Document], events: list[Event], passed_on: set[str]) -> Iterator[RowFault]:
    """Yield the documents that no event names, and those that an event names and that are gone."""
    named = {event.data["document"] for event in events if "document" in event.data and event.verb == workflow.UPLOAD}
    held = {document.sha256: document for document in documents}
    for sha256 in sorted(held.keys() - named - passed_on):
        yield RowFault("document_inserted", {"document": held[sha256].filename})
    for sha256 in sorted(named - held.keys()):
        yield RowFault("document_missing", {"document": sha256[:12]})


def changed_files(documents: Iterable[Document]) -> Iterator[tuple[Document, str]]:
    """Yield the documents whose file is gone (`file_missing`) or has other bytes (`file_changed`). Reads every file."""
    storage: Storage = storages["default"]
    for document in documents:
        name = str(document.stored_as.name)
        if not storage.exists(name):
            yield document, "file_missing"
        elif _digest_of(storage, name) != document.sha256:
            yield document, "file_changed"


def missing_case_numbers() -> Iterator[str]:
    """Yield the case numbers that were given out and that no filing has: filings are never deleted, and numbers leave no gap."""
    given: dict[int, set[int]] = defaultdict(set)
    for case in Filing.objects.values_list("case_number", flat=True).iterator():
        year, number = case.removeprefix("F").split("-")
        given[int(year)].add(int(number))
    last = dict(CaseNumbers.objects.values_list("year", "last"))
    for year in sorted(given.keys() | last.keys()):
        for number in range(1, max(last.get(year, 0), *given[year], 0) + 1):
            if number not in given[year]:
                yield f"F{year}-{number:06}"


def _times_of(events: list[Event]) -> dict[str, datetime | None]:
    last = {verb: event.at for event in events for verb in [event.verb]}
    submissions = [event.at for event in events if event.verb == workflow.SUBMIT.verb]
    times: dict[str, datetime | None] = {
        column: max((last[verb] for verb in verbs if verb in last), default=None) for column, verbs in _TIMES.items()
    }
    times["first_submitted_at"] = submissions[0] if submissions else None
    # A change that takes effect brings the time of its own submission.
    if workflow.AMENDED not in last:
        times["submitted_at"] = submissions[-1] if submissions else None
    return times


def _names_of(revisions: list[Revision]) -> set[str]:
    """Return the names under which the applicant filed."""
    names = set()
    for revision in revisions:
        try:
            names.add(str(json.loads(revision.content)["applicant"]["name"]))
        except (ValueError, KeyError, TypeError):
            continue
    return names


def _applicant_of(revision: Revision) -> str:
    try:
        return str(json.loads(revision.content)["applicant"]["uscc"])
    except (ValueError, KeyError, TypeError):
        return ""


def _digest_of(storage: Storage, name: str) -> str:
    digest = hashlib.sha256()
    with storage.open(name) as file:
        while block := file.read(_READ_AT_ONCE):
            digest.update(block)
    return digest.hexdigest()


def _day(number: OfficialNumber) -> str:
    return number.issued_on.isoformat() if number.issued_on else ""


def _named(number: OfficialNumber, name: str) -> str:
    shown = {"number": number.number, "status": number.status, "holder": str(number.organization or "–")}
    return shown.get(name) or _day(number)


def _asked(filing: Filing, name: str, value: object) -> str:
    return str(filing.applicant) if name == "holder" else str(value)


def _shown(moment: datetime | None) -> str:
    return moment.isoformat() if moment else "–"
