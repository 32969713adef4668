"""One function for each verb. Each locks the filing, changes it, records the event and marks it due, in one transaction."""

from __future__ import annotations

from compliance.filings.deciding import decide_filing, record_decision, reject_filing
from compliance.filings.opening import edit_dossier, open_filing
from compliance.filings.reviewing import accept_filing, forward_filing, return_filing
from compliance.filings.revoking import cancel_filing, resume_filing, revoke_filing, suspend_filing
from compliance.filings.submitting import submit_filing, withdraw_filing
from compliance.filings.waiving import lift_waiver, waive_flag

__all__ = [
    "accept_filing",
    "cancel_filing",
    "decide_filing",
    "edit_dossier",
    "forward_filing",
    "lift_waiver",
    "open_filing",
    "record_decision",
    "reject_filing",
    "resume_filing",
    "return_filing",
    "revoke_filing",
    "submit_filing",
    "suspend_filing",
    "waive_flag",
    "withdraw_filing",
]
