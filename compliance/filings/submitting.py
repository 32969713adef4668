"""Submitting and withdrawing: what the applicant does with a dossier that is ready, or is not to go on."""

from __future__ import annotations

from django.db import transaction

from compliance.dossier.stored import load
from compliance.filings import register_statements, workflow
from compliance.filings.locking import Seen
from compliance.filings.opening import copied_from, target_of
from compliance.filings.transitions import begun, frozen, now, told
from compliance.models import Filing
from registry.models import User


@transaction.atomic
def submit_filing(filing: Filing, *, by: User, expecting: Seen = None) -> Filing:
    """Freeze the working copy as the next revision, hand it to the authority, and bring the register up to date."""
    filing, source = begun(workflow.SUBMIT.verb, filing, by=by, expecting=expecting)
    at, copy = now(), filing.working_copy
    for name, value in copied_from(filing, load(copy.content)).items():
        setattr(filing, name, value)
    # The number amended may have come into the register since the draft was saved.
    filing.target = target_of(filing)
    revision = frozen(filing, copy.content, copy.sha256, by=by, at=at)
    copy.delete()
    filing.submitted_at = at
    filing.first_submitted_at = filing.first_submitted_at or at
    register_statements.state(filing, revision.content)
    data = {"revision": revision.number, "sha256": revision.sha256}
    return told(filing, workflow.SUBMIT.verb, source, by=by, at=at, data=data)


@transaction.atomic
def withdraw_filing(filing: Filing, *, by: User, reason: str = "", expecting: Seen = None) -> Filing:
    """Withdraw a filing; its reference is free again, and nothing stands against it any more."""
    filing, source = begun(workflow.WITHDRAW.verb, filing, by=by, expecting=expecting, reason=reason)
    register_statements.hide(filing)
    return told(filing, workflow.WITHDRAW.verb, source, by=by, at=now(), reason=reason)
