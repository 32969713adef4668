"""One function a verb. Each locks the filing, moves it, writes the event and marks it due, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Set
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance import workflow
from compliance.chain import event_hash
from compliance.checking import GRACE, mark_due, mark_in_parts
from compliance.dispatch import announce_after_commit
from compliance.dossier.normal import said_digest
from compliance.dossier.parsing import Parsed
from compliance.dossier.schema import Dossier
from compliance.models import CaseNumbers, Event, Filing, Revision, WorkingCopy
from compliance.refusals import (
    ApplicantIsFixed,
    ChangedMeanwhile,
    NoStanding,
    NotAFiler,
    ReferenceTaken,
    TransitionRefused,
)
from compliance.rules.catalog import INITIAL
from compliance.rules.context import same_name
from registry.models import Membership, Organization, User
from registry.reference.regions import PROVINCES

# The hashes that a caller has seen; None: whatever is there.
Seen = Set[str] | None


def open_filing(parsed: Parsed, *, by: User) -> tuple[Filing, bool]:
    """
    Open a filing with a dossier, and say whether it is new.

    The applicant is the organization of the dossier's USCC; NoStanding when `by` does not file for it. The same
    applicant, reference and dossier again give the same filing; another dossier under a used reference is
    ReferenceTaken.
    """
    applicant = _applicant_of(parsed.dossier, by)
    filing = _filing_with_reference(applicant, parsed)
    if filing is not None:
        return filing, False
    try:
        with transaction.atomic():
            return _new_filing(applicant, parsed, by), True
    except IntegrityError:
        # Somebody opened the same reference between the look and the write.
        filing = _filing_with_reference(applicant, parsed)
        if filing is None:
            raise
        return filing, False


@transaction.atomic
def edit_dossier(filing: Filing, parsed: Parsed, *, by: User, expecting: Seen = None) -> Filing:
    """
    Overwrite the working copy. `expecting` are the hashes that the editor has seen, None for whatever is there.

    Raises ChangedMeanwhile when something else is there, TransitionRefused when the filing is not editable,
    ApplicantIsFixed when the dossier names another applicant, ReferenceTaken when its reference is used.
    """
    filing = _locked_alone(filing, by)
    if not filing.is_editable:
        raise TransitionRefused(workflow.EDIT, filing.status)
    if parsed.dossier.applicant.uscc != filing.applicant.uscc:
        raise ApplicantIsFixed
    _refuse_what_was_not_seen(filing, expecting)
    return _overwritten(filing, filing.working_copy, parsed, by)


@transaction.atomic
def submit_filing(filing: Filing, *, by: User, expecting: Seen = None) -> Filing:
    """Freeze the working copy as the next revision and hand it to the authority. `expecting` as for edit_dossier."""
    filing = _locked_with_its_service(filing, by)
    _refuse_what_was_not_seen(filing, expecting)
    now = timezone.now()
    source = _moved(filing, workflow.SUBMIT)
    revision = _frozen(filing, by, now)
    filing.submitted_at = now
    filing.first_submitted_at = filing.first_submitted_at or now
    data = {"revision": revision.number, "sha256": revision.sha256}
    return _told(filing, workflow.SUBMIT.verb, source, by=by, at=now, data=data)


@transaction.atomic
def withdraw_filing(filing: Filing, *, by: User, reason: str = "", expecting: Seen = None) -> Filing:
    """Withdraw a filing; its reference is free again, and nothing stands against it any more."""
    filing = _locked_with_its_service(filing, by)
    _refuse_what_was_not_seen(filing, expecting)
    source = _moved(filing, workflow.WITHDRAW)
    return _told(filing, workflow.WITHDRAW.verb, source, by=by, at=timezone.now(), reason=reason)


def recheck_everything() -> int:
    """Mark every running filing due: something on which all of them hang was changed, such as the calendar."""
    return mark_in_parts(Filing.objects.running())


def _applicant_of(dossier: Dossier, by: User) -> Organization:
    held = Membership.objects.of(by).in_force().filing().select_related("organization")
    membership = held.filter(organization__uscc=dossier.applicant.uscc).first()
    if membership is None:
        raise NoStanding(dossier.applicant.uscc)
    return membership.organization


def _filing_with_reference(applicant: Organization, parsed: Parsed) -> Filing | None:
    reference = parsed.dossier.reference
    if not reference:
        return None
    filing = Filing.objects.running().filter(applicant=applicant, reference_key=_key_of(reference)).first()
    if filing is not None and said_digest(parsed.canonical.text) not in (filing.opened_sha256, _said_now(filing)):
        raise ReferenceTaken(reference)
    return filing


def _said_now(filing: Filing) -> str:
    return said_digest(filing.kept_dossier().content)


def _new_filing(applicant: Organization, parsed: Parsed, by: User) -> Filing:
    _take_turns(applicant.pk)
    now = timezone.now()
    filing = Filing(
        case_number=_next_case_number(now),
        applicant=applicant,
        status=workflow.DRAFT,
        opened_sha256=said_digest(parsed.canonical.text),
        opened_by=by,
        opened_at=now,
        changed_at=now,
        due_since=now,
        leased_until=now + GRACE,
        **_copied(parsed.dossier),
    )
    filing.save()
    _write_copy(WorkingCopy(filing=filing), parsed, by, now)
    _record(filing, workflow.OPEN, "", by=by, at=now, data={"sha256": parsed.canonical.sha256})
    announce_after_commit(filing.pk)
    return filing


def _next_case_number(now: datetime) -> str:
    year = timezone.localtime(now).year
    CaseNumbers.objects.get_or_create(year=year)
    numbers = CaseNumbers.objects.select_for_update().get(year=year)
    numbers.last += 1
    numbers.save(update_fields=["last"])
    return str(numbers)


def _overwritten(filing: Filing, copy: WorkingCopy, parsed: Parsed, by: User) -> Filing:
    now = timezone.now()
    for name, value in _copied(parsed.dossier).items():
        setattr(filing, name, value)
    _write_copy(copy, parsed, by, now)
    filing.changed_at = filing.due_since = now
    filing.leased_until = now + GRACE
    try:
        with transaction.atomic():
            filing.save()
    except IntegrityError as error:
        raise ReferenceTaken(parsed.dossier.reference or "") from error
    _record(filing, workflow.EDIT, filing.status, by=by, at=now, data={"sha256": parsed.canonical.sha256})
    announce_after_commit(filing.pk)
    return filing


def _copied(dossier: Dossier) -> dict[str, Any]:
    """The columns that repeat what the dossier says."""
    region = dossier.applicant.region or dossier.applicant.uscc[2:8]
    jurisdiction = dossier.jurisdiction or ""
    return {
        "kind": dossier.kind,
        "action": dossier.action or INITIAL,
        "reference": dossier.reference or "",
        "reference_key": _key_of(dossier.reference) if dossier.reference else "",
        "jurisdiction": jurisdiction,
        "province": jurisdiction if jurisdiction in PROVINCES else region[:2],
        "service_name": dossier.service.name,
        "service_key": _key_of(same_name(dossier.service.name)),
    }


def _key_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _write_copy(copy: WorkingCopy, parsed: Parsed, by: User, at: datetime) -> None:
    copy.content, copy.sha256 = parsed.canonical.text, parsed.canonical.sha256
    copy.changed_by, copy.changed_at = by, at
    copy.save()


def _locked_alone(filing: Filing, by: User) -> Filing:
    _refuse_who_is_no_filer(filing, by)
    _take_turns(filing.applicant_id)
    return Filing.objects.select_for_update().get(pk=filing.pk)


def _locked_with_its_service(filing: Filing, by: User) -> Filing:
    """
    Lock a filing, and with it the applicant's other filings for the same service, whose outcome hangs on it.

    They are locked in the order of their keys, so that a sweep beside it cannot wait in a circle.
    """
    _refuse_who_is_no_filer(filing, by)
    _take_turns(filing.applicant_id)
    now = Filing.objects.get(pk=filing.pk)
    together = Filing.objects.of_same_service(now) | Filing.objects.filter(pk=now.pk)
    return next(row for row in together.order_by("pk").select_for_update() if row.pk == now.pk)


def _take_turns(applicant: int) -> None:
    """
    Let the changes of one applicant go one after another.

    So none comes into a service, or is checked in it, between another's marking of that service and its commit. Checks
    and sweeps need not take their turn.
    """
    list(Organization.objects.select_for_update(no_key=True).filter(pk=applicant).values_list("pk"))


def _refuse_who_is_no_filer(filing: Filing, by: User) -> None:
    if not Filing.objects.submitted_by(by).filter(pk=filing.pk).exists():
        raise NotAFiler


def _refuse_what_was_not_seen(filing: Filing, expecting: Seen) -> None:
    """Compare what the caller has seen with the locked filing: the dossier's hash, or the last event's."""
    if expecting is None:
        return
    there = filing.kept_dossier()
    if there.sha256 not in expecting and filing.last_event_hash not in expecting:
        raise ChangedMeanwhile(there)


def _moved(filing: Filing, transition: workflow.Transition) -> str:
    """Move a locked filing along a row of the table and return where it was."""
    source: str = filing.status
    if source not in transition.sources:
        raise TransitionRefused(transition.verb, source)
    filing.status = transition.target
    return source


def _frozen(filing: Filing, by: User, at: datetime) -> Revision:
    copy = filing.working_copy
    last = filing.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    revision = Revision.objects.create(
        filing=filing, number=last + 1, content=copy.content, sha256=copy.sha256, at=at, by=by
    )
    copy.delete()
    return revision


def _told(filing: Filing, verb: str, source: str, **event: Any) -> Filing:
    """Save a moved filing, write its event, and mark due whatever hangs on it; all of that is locked."""
    filing.changed_at = event["at"]
    filing.save()
    _record(filing, verb, source, **event)
    mark_due(Filing.objects.of_same_service(filing) | Filing.objects.filter(pk=filing.pk), at=event["at"])
    announce_after_commit(filing.pk)
    return filing


def _record(
    filing: Filing,
    verb: str,
    from_status: str,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> Event:
    """Write an event at the end of the filing's chain; the filing is locked, so there is one end."""
    line = {
        "number": filing.last_event_number + 1,
        "verb": verb,
        "from_status": from_status,
        "to_status": filing.status,
        "at": at,
        "actor": by.username,
        "reason": reason,
        "data": data or {},
    }
    digest = event_hash(filing.last_event_hash, filing=str(filing.uid), **line)
    event = Event.objects.create(filing=filing, by=by, previous_hash=filing.last_event_hash, hash=digest, **line)
    filing.last_event_number, filing.last_event_hash = event.number, event.hash
    filing.save(update_fields=["last_event_number", "last_event_hash"])
    return event
