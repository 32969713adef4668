"""Imports: many dossiers at once, from a file of JSON lines or from an archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filing_client.answers import Answer, Page, one
from filing_client.bodies import file_body
from filing_client.call import Call, Id, Listing, Steps, address, get, paged, post
from filing_client.problems import Fault
from filing_client.waiting import until

MEDIA_TYPES = {".ndjson": "application/x-ndjson", ".zip": "application/zip"}


class UnknownForm(ValueError):
    """The file cannot be imported: its name ends neither in .ndjson nor in .zip."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(f"{path} is neither .ndjson nor .zip. An import is one of these.")
        self.path = path


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCounts(Answer):
    """How many dossiers were opened as filings, were there already, and were refused."""

    opened: int = 0
    known: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Import(Answer):
    """An import, and how far it is. `state` is waiting, running or finished."""

    id: str
    state: str
    dry_run: bool
    submit: bool
    done: int
    counts: ImportCounts
    total: int | None = None
    percent: float | None = None
    created_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def is_finished(self) -> bool:
        """Whether all its results are there."""
        return self.state == "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult(Answer):
    """What became of one dossier of an import. `outcome` is opened, known or refused."""

    index: int
    outcome: str
    name: str | None = None
    filing: str | None = None
    case_number: str | None = None
    status: str | None = None
    # Documents: what is in these two is described by the API, and read from the file as it is.
    uploaded: object = None
    missing: object = None
    errors: tuple[Fault, ...] = ()


def started(
    path: str | Path, *, dry_run: bool = False, submit: bool = False, idempotency_key: str | None = None
) -> Call[Import]:
    """Start the import of a file of JSON lines (.ndjson) or of an archive (.zip)."""
    media_type = MEDIA_TYPES.get(Path(path).suffix.lower())
    if media_type is None:
        raise UnknownForm(path)
    body = file_body(path)
    params = {"dry_run": dry_run or None, "submit": submit or None}
    headers = {"Content-Type": media_type, **body.headers}
    return post(address("imports"), one(Import), body, params=params, headers=headers, key=idempotency_key)


def found(id: Id) -> Call[Import]:
    """Return an import."""
    return get(address("imports", id), one(Import))


def results(id: Id) -> Listing[Page[ImportResult], ImportResult]:
    """Iterate over the results of an import, one for each dossier."""
    return paged(address("imports", id, "results"), ImportResult, {})


def finished(
    id: Id, timeout: float = 3600.0, *, every: float = 2.0, report: Callable[[Import], None] | None = None
) -> Steps[Import]:
    """Wait until an import is finished; `report` is called with each state of it. Raises NotReady after `timeout`."""

    def is_done(state: Import) -> bool:
        if report:
            report(state)
        return state.is_finished

    return until(found(id), is_done, timeout=timeout, every=every, awaited="The import")
