"""What happens to a number that stands: it is cancelled, revoked, suspended, resumed."""

from __future__ import annotations

from django.db import transaction

from compliance.filings import workflow
from compliance.filings.locking import Seen
from compliance.filings.transitions import begun, now, told
from compliance.models import Filing
from registry.models import User
from registry.numbers import actions


def cancel_filing(filing: Filing, *, by: User, reason: str, expecting: Seen = None) -> Filing:
    """Cancel a filing on the registrar's own account (ALG 33 ¶2): no cancellation was filed, or the site was closed."""
    return _moved(workflow.CANCEL.verb, filing, by=by, reason=reason, expecting=expecting)


def revoke_filing(filing: Filing, *, by: User, reason: str, expecting: Seen = None) -> Filing:
    """Revoke a filing that was obtained by concealment or false materials (ALG 33 ¶1)."""
    return _moved(workflow.REVOKE.verb, filing, by=by, reason=reason, expecting=expecting)


def suspend_filing(filing: Filing, *, by: User, reason: str, expecting: Seen = None) -> Filing:
    """Suspend a filing for the time being."""
    return _moved(workflow.SUSPEND.verb, filing, by=by, reason=reason, expecting=expecting)


def resume_filing(filing: Filing, *, by: User, reason: str = "", expecting: Seen = None) -> Filing:
    """Let a suspended filing stand again."""
    return _moved(workflow.RESUME.verb, filing, by=by, reason=reason, expecting=expecting)


@transaction.atomic
def _moved(verb: str, filing: Filing, *, by: User, reason: str, expecting: Seen) -> Filing:
    """The number, the models and the services that hang on it go where the filing goes."""
    filing, source = begun(verb, filing, by=by, expecting=expecting, reason=reason)
    if filing.official_number:
        actions.set_number_status(filing.official_number, filing.status)
    return told(filing, verb, source, by=by, at=now(), reason=reason)
