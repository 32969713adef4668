"""Writing the history of a filing: one line an event, chained by hashes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from compliance.filings.history.chain import event_hash
from compliance.models import Event, Filing
from registry.models import User

# Who acts where nobody does: the registry, when a check finds that something has changed.
THE_REGISTRY = "registry"


def next_event(
    filing: Filing,
    verb: str,
    from_status: str,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    data: dict[str, Any] | None = None,
    actor: str | None = None,
) -> Event:
    """
    Return the next event of a filing's chain and let the filing name it as its last one; the caller, who has locked the
    filing, saves both. `actor` is given where the registry itself acts in the name of a person.
    """
    line = {
        "number": filing.last_event_number + 1,
        "verb": verb,
        "from_status": from_status,
        "to_status": filing.status,
        "at": at,
        "actor": by.username if actor is None else actor,
        "reason": reason.strip(),
        "data": data or {},
    }
    previous = filing.last_event_hash
    digest = event_hash(previous, filing=str(filing.uid), **line)
    filing.last_event_number, filing.last_event_hash = filing.last_event_number + 1, digest
    return Event(filing=filing, by=by, previous_hash=previous, hash=digest, **line)


def save_with_event(filing: Filing, verb: str, from_status: str, **event: Any) -> Event:
    """Save a locked filing together with the next event of its chain; the arguments are those of `next_event`."""
    following = next_event(filing, verb, from_status, **event)
    filing.save()
    # A filing that is saved first has its key only now.
    following.filing = filing
    following.save(force_insert=True)
    return following


def record(filing: Filing, verb: str, **event: Any) -> Event:
    """Write an event that changes nothing else of a locked filing."""
    following = next_event(filing, verb, filing.status, **event)
    filing.save(update_fields=["last_event_number", "last_event_hash"])
    following.save(force_insert=True)
    return following
