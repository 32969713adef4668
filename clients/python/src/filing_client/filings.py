"""Filings: their dossiers, their steps, their events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol, TypedDict, Unpack

import httpx

from filing_client.answers import Answer, Page, one
from filing_client.call import JSON, Call, Id, Listing, Steps, address, as_json, get, paged, post, query
from filing_client.waiting import until

Moment = datetime | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant(Answer):
    """The organization that files."""

    uscc: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceName(Answer):
    """The service of a filing."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagCounts(Answer):
    """How many flags are open by level. Waived ones are counted in no level."""

    error: int = 0
    warning: int = 0
    info: int = 0
    waived: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckState(Answer):
    """When a filing was checked, and whether a check is due."""

    due: bool
    as_of: date | None = None
    checked_at: datetime | None = None
    next_look_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing(Answer):
    """A filing without its dossier."""

    id: str
    case_number: str
    kind: str
    action: str
    status: str
    applicant: Applicant
    service: ServiceName
    opened_at: datetime
    changed_at: datetime
    flags: FlagCounts
    check: CheckState
    reference: str | None = None
    jurisdiction: str | None = None
    first_submitted_at: datetime | None = None
    submitted_at: datetime | None = None
    accepted_at: datetime | None = None
    returned_at: datetime | None = None
    decided_at: datetime | None = None
    official_number: str | None = None
    amends_filing: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Answer):
    """One line of a filing's history. `verb` is for programs, `event` is its label."""

    filing: str
    number: int
    verb: str
    event: str
    from_status: str
    to_status: str
    at: datetime
    actor: str = ""
    reason: str = ""
    data: Any = None
    previous_hash: str = ""
    hash: str = ""


class Filters(TypedDict, total=False):
    """What a list of filings can be limited to. All filters must match."""

    action: str
    applicant: str
    base_model: Id
    changed_after: Moment
    changed_before: Moment
    decided_after: Moment
    decided_before: Moment
    kind: str
    level: str
    number: str
    opened_after: Moment
    opened_before: Moment
    page_size: int
    province: str
    q: str
    returned_after: Moment
    returned_before: Moment
    root_country: str
    rule: str
    sort: str
    status: str
    submitted_after: Moment
    submitted_before: Moment


def listed(**filters: Unpack[Filters]) -> Listing[Page[Filing], Filing]:
    """Iterate over the filings that you may see, newest first. Pages are read as they are needed."""
    return paged(address("filings"), Filing, filters)


def exported(
    format: Literal["csv", "ndjson"] = "csv", *, fields: str | None = None, **filters: Unpack[Filters]
) -> Call[httpx.Response]:
    """Iterate over the lines of an export of filings, each with its end. `fields` are names separated by commas."""
    return get(address("filings"), _unread, {**filters, "fields": fields, "format": format}, is_stream=True)


def found(id: Id) -> Call[Filing]:
    """Return a filing."""
    return get(address("filings", id), one(Filing))


def opened(dossier: Mapping[str, Any] | bytes, *, idempotency_key: str | None = None) -> Call[Filing]:
    """Open a filing with a dossier, or return the one that has the same reference and dossier."""
    return post(address("filings"), one(Filing), as_json(dossier), headers=JSON, key=idempotency_key)


def dossier(id: Id) -> Call[tuple[dict[str, Any], str]]:
    """Return the dossier of a filing, and its ETag for `replace_dossier`."""
    return get(address("filings", id, "dossier"), _dossier_with_etag)


def dossier_replaced(id: Id, dossier: Mapping[str, Any] | bytes, etag: str) -> Call[tuple[dict[str, Any], str]]:
    """Replace the working copy of a filing. Raises ChangedMeanwhile if it is no longer the one with the ETag."""
    headers = {**JSON, "If-Match": etag}
    return Call("PUT", address("filings", id, "dossier"), _dossier_with_etag, query({}), headers, body=as_json(dossier))


def acted(
    id: Id, verb: str, *, etag: str | None = None, idempotency_key: str | None = None, **body: Any
) -> Call[Filing]:
    """Take a step with a filing. The body depends on the verb, such as `reason="…"`."""
    sent, headers = (as_json(body), JSON) if body else (None, {})
    return post(address("filings", id, verb), one(Filing), sent, headers=headers, key=idempotency_key, etag=etag)


class Act(Protocol):
    """A step with a filing, by its verb."""

    def __call__(
        self, id: Id, *, etag: str | None = None, idempotency_key: str | None = None, **body: Any
    ) -> Call[Filing]:
        """Describe the step."""


def acting(verb: str) -> Act:
    """Return the description of a step."""

    def step(id: Id, *, etag: str | None = None, idempotency_key: str | None = None, **body: Any) -> Call[Filing]:
        return acted(id, verb, etag=etag, idempotency_key=idempotency_key, **body)

    step.__doc__ = f"Take the step `{verb}` with a filing; `reason` is the usual member of the body."
    return step


def events(id: Id) -> Listing[Page[Event], Event]:
    """Iterate over the history of a filing."""
    return paged(address("filings", id, "events"), Event, {})


def checked(id: Id, timeout: float = 60.0, *, every: float = 1.0) -> Steps[Filing]:
    """Wait until no check of a filing is due. Raises NotReady after `timeout` seconds."""
    return until(found(id), lambda filing: not filing.check.due, timeout=timeout, every=every, awaited="The check")


def _dossier_with_etag(response: httpx.Response) -> tuple[dict[str, Any], str]:
    return response.json(), response.headers["ETag"]


def _unread(response: httpx.Response) -> httpx.Response:
    return response
