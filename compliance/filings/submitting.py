"""Submitting and withdrawing filings."""

from __future__ import annotations

from django.db import transaction

from compliance.dossier.stored import load
from compliance.filings import register_statements, workflow
from compliance.filings.locking import ExpectedVersion
from compliance.filings.opening import columns_of_dossier, find_target
from compliance.filings.revisions import freeze_revision
from compliance.filings.transitions import transition
from compliance.models import Filing
from registry.models import User


@transaction.atomic
def submit_filing(filing: Filing, *, by: User, expected_version: ExpectedVersion = None) -> Filing:
    """Submit the working copy as the next revision, and update the statements of the filing in the register."""
    with transition(workflow.SUBMIT.verb, filing, by=by, expected_version=expected_version) as step:
        filing, copy = step.filing, step.filing.working_copy
        dossier = load(copy.content)
        for name, value in columns_of_dossier(filing, dossier).items():
            setattr(filing, name, value)
        # The number to amend may have been entered in the register after the draft was saved.
        filing.target = find_target(filing)
        revision = freeze_revision(filing, copy.content, copy.sha256, by=by, at=step.at)
        copy.delete()
        filing.submitted_at = step.at
        filing.first_submitted_at = filing.first_submitted_at or step.at
        register_statements.replace_statements(filing, dossier)
        step.data = {"revision": revision.number, "sha256": revision.sha256}
    return filing


@transaction.atomic
def withdraw_filing(filing: Filing, *, by: User, reason: str = "", expected_version: ExpectedVersion = None) -> Filing:
    """Withdraw a filing. Its reference can be used again, and its flags are resolved."""
    with transition(workflow.WITHDRAW.verb, filing, by=by, expected_version=expected_version, reason=reason) as step:
        register_statements.withdraw(step.filing)
    return step.filing
