"""Writing the history of a filing: one line an event, chained by hashes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from compliance.filings.history.chain import event_hash
from compliance.models import Event, Filing
from registry.models import User

# Who acts where nobody does: the registry, when a check finds that something has changed.
THE_REGISTRY = "registry"


def record(
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
    Write an event at the end of the filing's chain; the filing is locked, so there is one end.

    `actor` is given where the registry itself acts on the word of a person.
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
    digest = event_hash(filing.last_event_hash, filing=str(filing.uid), **line)
    event = Event.objects.create(filing=filing, by=by, previous_hash=filing.last_event_hash, hash=digest, **line)
    filing.last_event_number, filing.last_event_hash = event.number, event.hash
    filing.save(update_fields=["last_event_number", "last_event_hash"])
    return event
