"""Reviewing: accepting a filing as complete, returning it for correction, forwarding it."""

from __future__ import annotations

from django.db import transaction

from compliance.checking.check_filings import check_now
from compliance.documents.counting import refuse_while_documents_are_read
from compliance.filings import workflow
from compliance.filings.locking import ExpectedVersion
from compliance.filings.refusals import ErrorsOpen, ReasonMissing
from compliance.filings.transitions import now, record_change, start_transition
from compliance.models import Filing, Flag, WorkingCopy
from registry.models import User


@transaction.atomic
def accept_filing(filing: Filing, *, by: User, reason: str = "", expected_version: ExpectedVersion = None) -> Filing:
    """Accept a filing as complete. Raises ErrorsOpen if it has open errors."""
    filing, source = start_transition(workflow.ACCEPT.verb, filing, by=by, expected_version=expected_version)
    refuse_while_documents_are_read(filing)
    filing.accepted_at = now()
    filing = record_change(filing, workflow.ACCEPT.verb, source, by=by, at=filing.accepted_at, reason=reason)
    check_now(filing)
    if errors := list(_errors(filing)):
        # The exception rolls back the transition.
        raise ErrorsOpen([flag.finding for flag in errors])
    return filing


@transaction.atomic
def return_filing(filing: Filing, *, by: User, reason: str = "", expected_version: ExpectedVersion = None) -> Filing:
    """
    Return a filing for correction. Its open errors are the correction notice; without open errors, a reason is required.
    """
    filing, source = start_transition(workflow.RETURN.verb, filing, by=by, expected_version=expected_version)
    refuse_while_documents_are_read(filing)
    check_now(filing)
    gaps = [flag.as_line for flag in _errors(filing)]
    if not gaps and not reason.strip():
        raise ReasonMissing
    filing.returned_at = now()
    _create_working_copy(filing, by)
    return record_change(
        filing, workflow.RETURN.verb, source, by=by, at=filing.returned_at, reason=reason, data={"gaps": gaps}
    )


@transaction.atomic
def forward_filing(filing: Filing, *, by: User, reason: str = "", expected_version: ExpectedVersion = None) -> Filing:
    """Forward an accepted filing to the provincial review or, if its kind requires it, from there to the national review."""
    filing, source = start_transition(workflow.FORWARD.verb, filing, by=by, expected_version=expected_version)
    return record_change(filing, workflow.FORWARD.verb, source, by=by, at=now(), reason=reason)


def _errors(filing: Filing) -> list[Flag]:
    return list(Flag.objects.open().errors().filter(filing=filing).order_by("pk"))


def _create_working_copy(filing: Filing, by: User) -> None:
    """Create a working copy from the revision that is returned."""
    last = filing.revisions.latest("number")
    WorkingCopy.objects.create(
        filing=filing, content=last.content, sha256=last.sha256, changed_at=filing.returned_at, changed_by=by
    )
