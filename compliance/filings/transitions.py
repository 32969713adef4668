"""Transitions of filings as in the workflow table: lock, validate, change, record the event, mark due."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from compliance.checking.dispatch import announce_after_commit
from compliance.checking.due_marks import mark_due
from compliance.filings import workflow
from compliance.filings.history.recording import save_with_event
from compliance.filings.locking import ExpectedVersion, lock_with_related_filings, refuse_other_version, related_filings
from compliance.filings.permissions import refuse_unless_permitted
from compliance.filings.refusals import ReasonMissing, TransitionRefused
from compliance.models import Filing
from registry.models import User


@dataclass(slots=True)
class Step:
    """A transition under way: the locked filing with its new status, not saved yet, the moment, and the data of its event."""

    filing: Filing
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)


@contextmanager
def transition(
    verb: str, filing: Filing, *, by: User, expected_version: ExpectedVersion = None, reason: str = ""
) -> Iterator[Step]:
    """
    Take a filing along a row of the workflow table, in the transaction of the caller.

    On entry, lock the filing with its related filings, check the permission, the version and the transition, and set the
    new status. On exit, save the filing, record the event, and mark the filings due. An exception in between leaves
    everything to the rollback of the caller.

    Raises NotAFiler, NotPermitted, ChangedMeanwhile, TransitionRefused, ReasonMissing.
    """
    refuse_unless_permitted(_duty_of(verb), filing, by)
    filing = lock_with_related_filings(filing)
    refuse_other_version(filing, expected_version, by)
    row = workflow.transition(verb, kind=filing.kind, action=filing.action, status=filing.status)
    if row is None:
        raise TransitionRefused(verb, filing.status)
    if row.needs_reason and not reason.strip():
        raise ReasonMissing
    source, filing.status = filing.status, row.target
    step = Step(filing, now())
    yield step
    record_change(filing, verb, source, by=by, at=step.at, reason=reason, data=step.data)


def _duty_of(verb: str) -> str:
    """Return the duty of a verb in any status, so that a user without permission does not learn the status."""
    rows = (row for rows in workflow.OF_KIND.values() for row in rows)
    return next(row.duty for row in rows if row.verb == verb)


def record_change(filing: Filing, verb: str, source: str, **event: Any) -> Filing:
    """Save a changed filing, record its event, and mark it due with its related filings, which the caller has locked."""
    filing.changed_at = event["at"]
    save_with_event(filing, verb, source, **event)
    mark_due(related_filings(filing), at=event["at"])
    announce_after_commit(filing.pk)
    return filing


def now() -> datetime:
    return timezone.now()
