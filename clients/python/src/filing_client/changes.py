"""Changes of filings since a position, for programs that keep a copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from filing_client.answers import Answer, one
from filing_client.call import Call, Listing, address, get


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Answer):
    """One change of a filing."""

    position: int | str
    type: str
    at: datetime
    filing: str | None = None
    case_number: str | None = None
    data: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes(Answer):
    """Some changes. Store `last` when they are handled: the next ones come after it."""

    results: tuple[Change, ...]
    last: str
    more: bool = False


def since(after: str | None = None) -> Listing[Changes, Changes]:
    """Iterate over the changes after a position, some at a time, until there are no more."""

    def following(found: Changes) -> Call[Changes] | None:
        return _after(found.last) if found.more else None

    return Listing(_after(after), following, lambda found: (found,))


def _after(position: str | None) -> Call[Changes]:
    return get(address("filings", "changes"), one(Changes), {"after": position})
