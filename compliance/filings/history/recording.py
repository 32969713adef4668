"""Writing the history of a filing: its events, chained by hashes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from compliance.filings.history.chain import event_hash
from compliance.models import Event, Filing
from registry.models import User

# The actor of events without a person: a check of the registry found a change.
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
    Return the next event of a filing and set it as the last event on the filing. The caller has locked the filing and must
    save both. `actor` is given if the registry itself acts in the name of a person.
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
    """Save a locked filing together with its next event. The arguments are those of `next_event`."""
    saved = next_event(filing, verb, from_status, **event)
    filing.save()
    # A new filing has its primary key only after it is saved.
    saved.filing = filing
    saved.save(force_insert=True)
    return saved


def record(filing: Filing, verb: str, **event: Any) -> Event:
    """Write an event that changes nothing else of a locked filing."""
    following = next_event(filing, verb, filing.status, **event)
    filing.save(update_fields=["last_event_number", "last_event_hash"])
    following.save(force_insert=True)
    return following
