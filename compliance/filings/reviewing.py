"""Reviewing: accepting a filing as complete, returning it for correction, forwarding it."""

from __future__ import annotations

from django.db import transaction

from compliance.checking.check_filings import check_now
from compliance.checking.dispatch import announce_after_commit
from compliance.checking.due_marks import mark_due
from compliance.documents.counting import refuse_while_documents_are_read
from compliance.filings import workflow
from compliance.filings.locking import ExpectedVersion, lock_filing
from compliance.filings.permissions import refuse_unless_permitted
from compliance.filings.refusals import ErrorsOpen, ReasonMissing
from compliance.filings.transitions import now, transition
from compliance.models import Filing, Flag, WorkingCopy
from registry.models import User


@transaction.atomic
def accept_filing(filing: Filing, *, by: User, reason: str = "", expected_version: ExpectedVersion = None) -> Filing:
    """Accept a filing as complete. Raises ErrorsOpen if it has open errors."""
    with transition(workflow.ACCEPT.verb, filing, by=by, expected_version=expected_version, reason=reason) as step:
        filing = step.filing
        refuse_while_documents_are_read(filing)
        filing.accepted_at = step.at
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
    with transition(workflow.RETURN.verb, filing, by=by, expected_version=expected_version, reason=reason) as step:
        filing = step.filing
        refuse_while_documents_are_read(filing)
        check_now(filing)
        # A waiver that ended is an event of the check: the return comes after it.
        step.at = now()
        step.data = {"gaps": [flag.as_line for flag in _errors(filing)]}
        if not step.data["gaps"] and not reason.strip():
            raise ReasonMissing
        filing.returned_at = step.at
        _create_working_copy(filing, by)
    return filing


@transaction.atomic
def forward_filing(filing: Filing, *, by: User, reason: str = "", expected_version: ExpectedVersion = None) -> Filing:
    """Forward an accepted filing to the provincial review or, if its kind requires it, from there to the national review."""
    with transition(workflow.FORWARD.verb, filing, by=by, expected_version=expected_version, reason=reason) as step:
        return step.filing


@transaction.atomic
def check_at_once(filing: Filing) -> None:
    """Check a filing now, for whoever acts on flags that a check has yet to change."""
    check_now(lock_filing(filing))


@transaction.atomic
def check_again(filing: Filing, *, by: User) -> None:
    """Mark a filing due for checking, as somebody who may review it. Raises NotPermitted."""
    refuse_unless_permitted(workflow.REVIEWING, filing, by)
    lock_filing(filing)
    mark_due(Filing.objects.filter(pk=filing.pk), at=now())
    announce_after_commit(filing.pk)


def _errors(filing: Filing) -> list[Flag]:
    return list(Flag.objects.open().errors().filter(filing=filing).order_by("pk"))


def _create_working_copy(filing: Filing, by: User) -> None:
    """Create a working copy from the revision that is returned."""
    last = filing.revisions.latest("number")
    WorkingCopy.objects.create(
        filing=filing, content=last.content, sha256=last.sha256, changed_at=filing.returned_at, changed_by=by
    )
