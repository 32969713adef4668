"""Moving a filing along the workflow table: lock, refuse, change, record the event, mark due."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from compliance.checking.dispatch import announce_after_commit
from compliance.checking.due_marks import mark_due
from compliance.filings import workflow
from compliance.filings.history.recording import record
from compliance.filings.locking import Seen, kin_of, locked_with_its_kin, refuse_what_was_not_seen
from compliance.filings.permissions import refuse_who_may_not
from compliance.filings.refusals import ReasonMissing, TransitionRefused
from compliance.models import Filing, Revision
from registry.models import User


def begun(verb: str, filing: Filing, *, by: User, expecting: Seen = None, reason: str = "") -> tuple[Filing, str]:
    """
    Lock a filing, refuse whoever or whatever is to be refused, and move it along its row of the table.

    Returns the moved filing, not saved yet, and the status that it left.
    """
    refuse_who_may_not(_duty_of(verb, filing), filing, by)
    filing = locked_with_its_kin(filing)
    refuse_what_was_not_seen(filing, expecting, by)
    row = workflow.transition(verb, kind=filing.kind, action=filing.action, status=filing.status)
    if row is None:
        raise TransitionRefused(verb, filing.status)
    if row.needs_reason and not reason.strip():
        raise ReasonMissing
    source: str = filing.status
    filing.status = row.target
    return filing, source


def _duty_of(verb: str, filing: Filing) -> str:
    """What a verb asks of a person, also where it leads nowhere from here: who may not, learns nothing of the status."""
    rows = (row for rows in workflow.OF_KIND.values() for row in rows)
    return next(row.duty for row in rows if row.verb == verb)


def told(filing: Filing, verb: str, source: str, **event: Any) -> Filing:
    """Save a moved filing, write its event, and mark due whatever hangs on it; all of that is locked."""
    filing.changed_at = event["at"]
    filing.save()
    record(filing, verb, source, **event)
    mark_due(kin_of(filing), at=event["at"])
    announce_after_commit(filing.pk)
    return filing


def frozen(filing: Filing, content: str, sha256: str, *, by: User, at: datetime) -> Revision:
    """Keep a dossier as the next revision of a filing."""
    last = filing.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    return Revision.objects.create(filing=filing, number=last + 1, content=content, sha256=sha256, at=at, by=by)


def now() -> datetime:
    return timezone.now()
