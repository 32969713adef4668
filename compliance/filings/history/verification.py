"""
Verifying the history: the hash chain of the events of each filing, the revisions that the events mention, and the rows that follow
from them.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from compliance.filings.history.chain import event_hash
from compliance.filings.history.recording import THE_REGISTRY
from compliance.filings.history.row_verification import (
    RowFault,
    changed_files,
    document_faults,
    missing_case_numbers,
    number_faults,
    row_faults,
)
from compliance.filings.workflow import WAIVER_LAPSED
from compliance.language import Bilingual, Language
from compliance.models import Document, Event, Filing, Revision

AT_ONCE = 500
_LINE_FIELDS = ("number", "verb", "from_status", "to_status", "at", "actor", "reason", "data")

_MESSAGES = {
    "event_changed": Bilingual("event {number} was changed: its hash does not match", "事件 {number} 被修改：哈希不符"),
    "event_missing": Bilingual("event {number} is missing", "缺少事件 {number}"),
    "event_inserted": Bilingual("event {number} was inserted after the last one", "事件 {number} 系在末尾之后插入"),
    "event_unchained": Bilingual(
        "event {number} does not continue from the event before it", "事件 {number} 与前一事件不相衔接"
    ),
    "last_event_differs": Bilingual(
        "the last event recorded on the filing is not event {number}", "申报所记的最后事件与事件 {number} 不符"
    ),
    "status_differs": Bilingual(
        "the filing is “{found}”, but its last event led to “{asked}”",
        "申报状态为“{found}”，最后事件后的状态应为“{asked}”",
    ),
    "revision_changed": Bilingual(
        "revision {number} was changed: its SHA-256 does not match", "第 {number} 版被修改：SHA-256 不符"
    ),
    "revision_missing": Bilingual("revision {number} is missing", "缺少第 {number} 版"),
    "revision_inserted": Bilingual(
        "revision {number} was inserted: no event mentions it", "第 {number} 版系插入：没有事件提及"
    ),
    "no_history": Bilingual("the filing has no event at all", "该申报没有任何事件"),
    "filing_missing": Bilingual(
        "the filing was removed: its case number was given out, and no filing has it",
        "申报被删除：该受理编号已发出，但没有对应的申报",
    ),
    "date_differs": Bilingual(
        "“{name}” was changed: by the events it is {asked}", "“{name}”被修改：按事件应为 {asked}"
    ),
    "applicant_differs": Bilingual(
        "the applicant is {found}, but the filed dossier names {asked}", "申报主体为 {found}，但所报材料载明 {asked}"
    ),
    "number_differs": Bilingual(
        "the official number is {found}, but the decision gave {asked}", "备案编号为 {found}，但决定所给编号为 {asked}"
    ),
    "official_number_changed": Bilingual(
        "{name} of the official number {number} was changed: it is {found}, and by the history {asked}",
        "编号 {number} 的“{name}”被修改：现为 {found}，按历史应为 {asked}",
    ),
    "document_inserted": Bilingual(
        "document “{document}” was inserted: no event mentions it", "材料“{document}”系插入：没有事件提及"
    ),
    "document_missing": Bilingual(
        "document {document}… was removed: an event mentions it", "材料 {document}… 被删除：有事件提及"
    ),
    "file_missing": Bilingual("the file of document “{document}” is gone", "材料“{document}”的文件已不存在"),
    "file_changed": Bilingual(
        "the file of document “{document}” was changed: its SHA-256 does not match",
        "材料“{document}”的文件被修改：SHA-256 不符",
    ),
}


@dataclass(frozen=True, slots=True)
class HistoryFault:
    """A row of the history of a filing that was changed, removed or inserted."""

    case: str
    code: str
    values: tuple[tuple[str, object], ...]

    def describe(self, language: Language) -> str:
        return f"{self.case}: {_MESSAGES[self.code].filled(language, dict(self.values))}"


def faults_of_history(filings: QuerySet[Filing] | None = None, *, with_files: bool = False) -> list[HistoryFault]:
    """
    Return every changed, removed or inserted row of the history of the filings. Defaults to all filings, which includes those
    that are missing. `with_files` reads the file of each document.
    """
    rows = Filing.objects.all() if filings is None else filings
    found = [fault for part in _parts(rows) for fault in _faults_of(part, with_files=with_files)]
    missing = (
        [] if filings is not None else [HistoryFault(case, "filing_missing", ()) for case in missing_case_numbers()]
    )
    return [*found, *missing]


def head_of_history() -> str:
    """
    Return one hash over the last events of all filings. If it is stored elsewhere, it shows later whether last events or
    whole filings were removed.
    """
    digest = hashlib.sha256()
    for uid, head in Filing.objects.order_by("uid").values_list("uid", "last_event_hash").iterator():
        digest.update(f"{uid} {head}\n".encode())
    return digest.hexdigest()


def _parts(filings: QuerySet[Filing]) -> Iterator[list[Filing]]:
    last_key = 0
    rows = filings.select_related("applicant", "official_number__organization")
    while part := list(rows.filter(pk__gt=last_key).order_by("pk")[:AT_ONCE]):
        last_key = part[-1].pk
        yield part


def _faults_of(filings: list[Filing], *, with_files: bool) -> Iterator[HistoryFault]:
    events: dict[int, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(filing__in=filings).select_related("by").order_by("filing_id", "number", "pk"):
        events[event.filing_id].append(event)
    revisions: dict[int, list[Revision]] = defaultdict(list)
    for revision in Revision.objects.filter(filing__in=filings).order_by("filing_id", "number"):
        revisions[revision.filing_id].append(revision)
    documents: dict[int, list[Document]] = defaultdict(list)
    for document in Document.objects.filter(filing__in=filings):
        documents[document.filing_id].append(document)
    passed_on = _passed_on(filings)
    for filing in filings:
        own = events[filing.pk]
        yield from _chain_faults(filing, own)
        yield from _revision_faults(filing, revisions[filing.pk], own)
        yield from (_fault(filing, code, **values) for code, values in _row_faults(filing, own, revisions[filing.pk]))
        found = document_faults(documents[filing.pk], own, passed_on[filing.pk])
        yield from (_fault(filing, code, **values) for code, values in found)
        if with_files:
            files = changed_files(documents[filing.pk])
            yield from (_fault(filing, code, document=document.filename) for document, code in files)


def _row_faults(filing: Filing, events: list[Event], revisions: list[Revision]) -> Iterator[RowFault]:
    yield from row_faults(filing, events, revisions)
    yield from number_faults(filing, events, revisions, filing.official_number)


def _passed_on(filings: list[Filing]) -> dict[int, set[str]]:
    """Return the documents that each filing may have from changes of it."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Document.objects.filter(filing__target__in=filings).values_list("filing__target_id", "sha256")
    for target, sha256 in rows:
        found[target].add(sha256)
    return found


def _chain_faults(filing: Filing, events: list[Event]) -> Iterator[HistoryFault]:
    by_number = {event.number: event for event in events}
    yield from (
        _fault(filing, "event_missing", number=number)
        for number in range(1, filing.last_event_number + 1)
        if number not in by_number
    )
    previous = ""
    for number, event in sorted(by_number.items()):
        line = {name: getattr(event, name) for name in _LINE_FIELDS}
        if number > filing.last_event_number:
            yield _fault(filing, "event_inserted", number=number)
        elif event.actor != _actor_of(event) or event.hash != event_hash(
            event.previous_hash, filing=str(filing.uid), **line
        ):
            yield _fault(filing, "event_changed", number=number)
        elif event.previous_hash != previous and (number == 1 or number - 1 in by_number):
            yield _fault(filing, "event_unchained", number=number)
        previous = event.hash
    yield from _end_faults(filing, by_number.get(filing.last_event_number))


def _actor_of(event: Event) -> str:
    """Return the expected actor: the person, or the registry if a waiver of that person lapsed."""
    if event.verb == WAIVER_LAPSED and event.data.get("waived_by") == event.by.username:
        return THE_REGISTRY
    return str(event.by.username)


def _end_faults(filing: Filing, last: Event | None) -> Iterator[HistoryFault]:
    if last is None:
        return
    if last.hash != filing.last_event_hash:
        yield _fault(filing, "last_event_differs", number=last.number)
    elif last.to_status != filing.status:
        yield _fault(filing, "status_differs", found=filing.status, asked=last.to_status)


def _revision_faults(filing: Filing, revisions: Iterable[Revision], events: list[Event]) -> Iterator[HistoryFault]:
    mentioned = {
        event.data["revision"]: event for event in events if isinstance(event.data, dict) and "revision" in event.data
    }
    existing = {revision.number: revision for revision in revisions}
    for number in sorted(mentioned.keys() | existing.keys(), key=str):
        if number not in existing:
            yield _fault(filing, "revision_missing", number=number)
        elif number not in mentioned:
            yield _fault(filing, "revision_inserted", number=number)
        elif _is_changed(existing[number], mentioned[number]):
            yield _fault(filing, "revision_changed", number=number)


def _is_changed(revision: Revision, event: Event) -> bool:
    """Return whether the content, the time or the person of a revision differs from its event."""
    digest = hashlib.sha256(revision.content.encode()).hexdigest()
    is_same = {digest, revision.sha256} == {event.data.get("sha256")}
    return not is_same or (revision.by_id, revision.at) != (event.by_id, event.at)


def _fault(filing: Filing, code: str, **values: object) -> HistoryFault:
    return HistoryFault(filing.case_number, code, tuple(values.items()))
