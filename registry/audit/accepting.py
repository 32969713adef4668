"""Accepting what was changed by hand: it is written into the log with a reason, and from then on it is the state to compare with."""

from __future__ import annotations

from django.db import transaction

from registry.audit.recording import WATCHED, record_acceptance
from registry.audit.verification import AuditFault, row_faults
from registry.models import AuditEvent, AuditVerb


@transaction.atomic
def accept_changes(reason: str) -> list[AuditFault]:
    """
    Write an event for each watched row that no event accounts for, with the reason, and return what was accepted. Events that were
    changed, taken out or put in cannot be accepted.
    """
    accepted = []
    for watched in WATCHED.values():
        rows = {row.pk: row for row in watched.model._default_manager.all()}
        for fault in row_faults(watched):
            if fault.code == "row_removed":
                event = AuditEvent.objects.get(number=fault.number)
                record_acceptance(watched, event.row, event.label, AuditVerb.DELETED, {}, reason)
            else:
                row = rows[fault.row]
                record_acceptance(watched, row.pk, watched.label(row), AuditVerb.CHANGED, watched.state_of(row), reason)
            accepted.append(fault)
    return accepted
