"""What every action shares: who may, what is locked, how a filing moves, and how its history is written."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from compliance import workflow
from compliance.checking.dispatch import announce_after_commit
from compliance.checking.due_marks import mark_due
from compliance.models import Event, Filing, Revision
from compliance.querysets import FilingQuerySet
from compliance.recording import record
from compliance.refusals import ChangedMeanwhile, NotAFiler, NotForYou, ReasonMissing, TransitionRefused
from registry.models import Membership, Organization, Standing, User

# The hashes that a caller has seen; None: whatever is there.
Seen = Set[str] | None

_FILERS_VERBS = frozenset({workflow.OPEN, workflow.EDIT, workflow.UPLOAD, workflow.SUBMIT.verb, workflow.WITHDRAW.verb})
_REVIEWERS_VERBS = frozenset(
    {workflow.ACCEPT.verb, workflow.RETURN.verb, workflow.FORWARD.verb, workflow.WAIVE, workflow.LIFT_WAIVER}
)


# --- who may ----------------------------------------------------------------------------------------------------
def refuse_who_is_no_filer(filing: Filing, by: User) -> None:
    if not Filing.objects.submitted_by(by).filter(pk=filing.pk).exists():
        raise NotAFiler


def refuse_who_may_not(duty: str, filing: Filing, by: User) -> None:
    """Refuse who does not stand for a duty upon this filing; the table of permissions as code."""
    if duty == workflow.FILING:
        refuse_who_is_no_filer(filing, by)
    elif duty == workflow.RECORDING and Filing.objects.submitted_by(by).filter(pk=filing.pk).exists():
        return
    else:
        _refuse_who_is_no_staff(duty, filing, by)


def _refuse_who_is_no_staff(duty: str, filing: Filing, by: User) -> None:
    is_reviewing = duty == workflow.REVIEWING
    standings = (Standing.REVIEWER, Standing.REGISTRAR) if is_reviewing else (Standing.REGISTRAR,)
    if not by.holds(*standings):
        raise NotForYou("not_a_reviewer" if is_reviewing else "not_a_registrar")
    if not by.holds(Standing.REGISTRAR) and filing.province not in by.reviewed_provinces:
        raise NotForYou("not_your_province")
    if Membership.objects.filter(user=by, organization=filing.applicant_id).exists():
        raise NotForYou("own_filing")
    done = set(Event.objects.filter(filing=filing, by=by).values_list("verb", flat=True))
    if done & _FILERS_VERBS:
        raise NotForYou("prepared_by_you")
    if not is_reviewing and done & _REVIEWERS_VERBS:
        raise NotForYou("reviewed_by_you")


def may(duty: str, filing: Filing, by: User) -> bool:
    """Say whether a person stands for a duty upon a filing."""
    try:
        refuse_who_may_not(duty, filing, by)
    except (NotAFiler, NotForYou):
        return False
    return True


# --- what is locked ---------------------------------------------------------------------------------------------
def take_turns(applicant: int) -> None:
    """
    Let the changes of one applicant go one after another.

    So none comes into a service, or is checked in it, between another's marking of that service and its commit. Checks
    and sweeps need not take their turn.
    """
    list(Organization.objects.select_for_update(no_key=True).filter(pk=applicant).values_list("pk"))


def locked_alone(filing: Filing) -> Filing:
    take_turns(filing.applicant_id)
    return Filing.objects.select_for_update().get(pk=filing.pk)


def locked_with_its_kin(filing: Filing) -> Filing:
    """
    Lock a filing, and with it the applicant's other filings whose outcome hangs on it.

    They are locked in the order of their keys, so that a sweep beside it cannot wait in a circle.
    """
    take_turns(filing.applicant_id)
    now = Filing.objects.get(pk=filing.pk)
    return next(row for row in kin_of(now).order_by("pk").select_for_update() if row.pk == now.pk)


def kin_of(filing: Filing) -> FilingQuerySet:
    """A filing with those of the same service, the one it amends, and those that amend it, by link or by number."""
    kin = Q(pk=filing.pk) | Q(applicant_id=filing.applicant_id, service_key=filing.service_key) | Q(target=filing.pk)
    if filing.target_id:
        kin |= Q(pk=filing.target_id)
    if filing.official_number:
        kin |= Q(applicant_id=filing.applicant_id, amends_key=filing.official_number.key)
    return Filing.objects.filter(kin)


def refuse_what_was_not_seen(filing: Filing, expecting: Seen, by: User) -> None:
    """Compare what the caller has seen with the locked filing: the dossier's hash, or the last event's."""
    if expecting is None:
        return
    there = filing.dossier_for(by)
    if there.sha256 not in expecting and filing.last_event_hash not in expecting:
        raise ChangedMeanwhile(there)


# --- moving -----------------------------------------------------------------------------------------------------
def begun(verb: str, filing: Filing, *, by: User, expecting: Seen = None, reason: str = "") -> tuple[Filing, str]:
    """
    Lock a filing, refuse whoever or whatever is to be refused, and move it along its row of the table.

    Returns the moved filing, not saved yet, and the status that it left.
    """
    refuse_who_may_not(_duty_of(verb, filing), filing, by)
    filing = locked_with_its_kin(filing)
    refuse_what_was_not_seen(filing, expecting, by)
    row = workflow.transition(verb, kind=filing.kind, action=filing.action, status=filing.status)
    if row is None:
        raise TransitionRefused(verb, filing.status)
    if row.needs_reason and not reason.strip():
        raise ReasonMissing
    source: str = filing.status
    filing.status = row.target
    return filing, source


def _duty_of(verb: str, filing: Filing) -> str:
    """What a verb asks of a person, also where it leads nowhere from here: who may not, learns nothing of the status."""
    rows = (row for rows in workflow.OF_KIND.values() for row in rows)
    return next(row.duty for row in rows if row.verb == verb)


def told(filing: Filing, verb: str, source: str, **event: Any) -> Filing:
    """Save a moved filing, write its event, and mark due whatever hangs on it; all of that is locked."""
    filing.changed_at = event["at"]
    filing.save()
    record(filing, verb, source, **event)
    mark_due(kin_of(filing), at=event["at"])
    announce_after_commit(filing.pk)
    return filing


def frozen(filing: Filing, content: str, sha256: str, *, by: User, at: datetime) -> Revision:
    """Keep a dossier as the next revision of a filing."""
    last = filing.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    return Revision.objects.create(filing=filing, number=last + 1, content=content, sha256=sha256, at=at, by=by)


def now() -> datetime:
    return timezone.now()
