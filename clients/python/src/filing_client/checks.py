"""Checks against the rules, the flags of filings, and the catalog of rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import httpx

from filing_client.answers import Answer, Page, one, read
from filing_client.call import JSON, Call, Id, Listing, address, as_json, get, paged, post

Day = date | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Answer):
    """What a rule found, in the language of the client. `at` is a JSON Pointer into the dossier."""

    rule: str
    level: str
    at: str
    title: str
    message: str
    fix: str = ""
    variant: str = ""
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared(Answer):
    """What differs on another day."""

    compare_to: date
    new: tuple[Finding, ...] = ()
    gone: tuple[Finding, ...] = ()
    changed: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Answer):
    """The findings as of a day."""

    as_of: date
    findings: tuple[Finding, ...]
    next_look_on: date | None = None
    compared: Compared | None = None

    @property
    def has_errors(self) -> bool:
        """Whether a finding keeps the filing from being accepted."""
        return any(finding.level == "error" for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver(Answer):
    """Who waived a flag, why, and until when."""

    until: date
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Answer):
    """A flag of a filing: a finding that is open, waived or resolved."""

    rule: str
    level: str
    at: str
    title: str
    message: str
    raised_at: datetime
    resolved_at: datetime | None = None
    waiver: Waiver | None = None
    fix: str = ""
    variant: str = ""
    cites: tuple[str, ...] = ()

    @property
    def is_open_error(self) -> bool:
        """Whether the flag keeps the filing from being accepted."""
        return self.level == "error" and self.resolved_at is None and self.waiver is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Answer):
    """A rule of the catalog."""

    code: str
    title: str
    level: str
    duty: str = ""
    why: str = ""
    fix: str = ""
    url: str = ""
    force: str = ""
    basis: str = ""
    judged_on: str = ""
    cites: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


def check(
    dossier: Mapping[str, Any] | bytes,
    as_of: Day | None = None,
    *,
    compare_to: Day | None = None,
    idempotency_key: str | None = None,
) -> Call[Check]:
    """Check a dossier against the rules of a day. Nothing is stored."""
    days = {"as_of": as_of, "compare_to": compare_to}
    return post(address("check"), one(Check), as_json(dossier), params=days, headers=JSON, key=idempotency_key)


def of_filing(id: Id, as_of: Day | None = None, *, compare_to: Day | None = None) -> Call[Check]:
    """Check a filing as of a day, with all that the registry knows. Nothing is stored."""
    return get(address("filings", id, "check"), one(Check), {"as_of": as_of, "compare_to": compare_to})


def flags(id: Id, state: Literal["open", "resolved", "all"] = "open") -> Listing[Page[Flag], Flag]:
    """Iterate over the flags of a filing. Waived ones are among the open ones."""
    return paged(address("filings", id, "flags"), Flag, {"state": state})


def waived(id: Id, *, etag: str | None = None, idempotency_key: str | None = None, **body: Any) -> Call[Flag]:
    """Waive a flag: `rule`, `variant`, `at`, `reason`, and `until`, the last day."""
    return _on_flag("waive", id, body, etag, idempotency_key)


def waiver_lifted(id: Id, *, etag: str | None = None, idempotency_key: str | None = None, **body: Any) -> Call[Flag]:
    """Lift the waiver of a flag: `rule`, `variant`, `at` and `reason`."""
    return _on_flag("lift_waiver", id, body, etag, idempotency_key)


def rules() -> Call[tuple[Rule, ...]]:
    """Return the catalog of rules, in the language of the client."""
    return get(address("rules"), _rules)


def meta() -> Call[dict[str, Any]]:
    """Return what the API declares about itself."""
    return get(address("meta"), lambda response: dict(response.json()))


def _on_flag(verb: str, id: Id, body: Mapping[str, Any], etag: str | None, key: str | None) -> Call[Flag]:
    return post(address("filings", id, verb), one(Flag), as_json(body), headers=JSON, key=key, etag=etag)


def _rules(response: httpx.Response) -> tuple[Rule, ...]:
    return tuple(read(Rule, row) for row in response.json()["results"])
