"""Cancelling, revoking, suspending and resuming filings in force."""

from __future__ import annotations

from django.db import transaction

from compliance.filings import workflow
from compliance.filings.locking import ExpectedVersion
from compliance.filings.transitions import transition
from compliance.models import Filing
from registry.models import User
from registry.numbers import actions


def cancel_filing(filing: Filing, *, by: User, reason: str, expected_version: ExpectedVersion = None) -> Filing:
    """Cancel a filing on the initiative of the authority (ALG 33 ¶2): no cancellation was filed, or the site was closed."""
    return _change_status(workflow.CANCEL.verb, filing, by=by, reason=reason, expected_version=expected_version)


def revoke_filing(filing: Filing, *, by: User, reason: str, expected_version: ExpectedVersion = None) -> Filing:
    """Revoke a filing that was obtained by concealment or false materials (ALG 33 ¶1)."""
    return _change_status(workflow.REVOKE.verb, filing, by=by, reason=reason, expected_version=expected_version)


def suspend_filing(filing: Filing, *, by: User, reason: str, expected_version: ExpectedVersion = None) -> Filing:
    """Suspend a filing temporarily."""
    return _change_status(workflow.SUSPEND.verb, filing, by=by, reason=reason, expected_version=expected_version)


def resume_filing(filing: Filing, *, by: User, reason: str = "", expected_version: ExpectedVersion = None) -> Filing:
    """Put a suspended filing back in force."""
    return _change_status(workflow.RESUME.verb, filing, by=by, reason=reason, expected_version=expected_version)


@transaction.atomic
def _change_status(verb: str, filing: Filing, *, by: User, reason: str, expected_version: ExpectedVersion) -> Filing:
    """Change the status of a filing and of its number. The statuses of its models and services follow."""
    with transition(verb, filing, by=by, expected_version=expected_version, reason=reason) as step:
        if step.filing.official_number:
            actions.set_number_status(step.filing.official_number, step.filing.status)
    return step.filing
