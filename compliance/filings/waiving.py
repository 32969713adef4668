"""Waiving flags: a waived flag does not block a filing through the last day of its waiver. A reason is required."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from compliance.checking.case_facts import cases_of
from compliance.checking.flag_counts import recount
from compliance.checking.waiver_basis import waiver_basis_of
from compliance.filings import workflow
from compliance.filings.locking import ExpectedVersion, lock_with_related_filings, refuse_other_version
from compliance.filings.permissions import refuse_unless_permitted
from compliance.filings.refusals import NotChecked, ReasonMissing, TransitionRefused, WaiverRefused
from compliance.filings.transitions import now, record_change
from compliance.models import Filing, Flag
from registry.models import User

Identity = tuple[str, str, str]


@transaction.atomic
def waive_flag(
    filing: Filing, flag: Identity, *, until: date, reason: str, by: User, expected_version: ExpectedVersion = None
) -> Flag:
    """
    Waive an unresolved flag, identified by rule, place and variant, through a day. The waiver lapses if the flagged content
    changes.

    Raises WaiverRefused (`no_such_flag`, `day_past`), ReasonMissing, and TransitionRefused for an ended filing.
    """
    filing, waived = _find_flag(workflow.WAIVE, filing, flag, by=by, reason=reason, expected_version=expected_version)
    if until < timezone.localdate():
        raise WaiverRefused("day_past", "/until", day=until.isoformat())
    _set(waived, until=until, at=now(), by=by, reason=reason.strip(), basis=_basis(filing, waived))
    _record(workflow.WAIVE, filing, waived, by=by, reason=reason, until=until.isoformat())
    return waived


@transaction.atomic
def lift_waiver(
    filing: Filing, flag: Identity, *, reason: str, by: User, expected_version: ExpectedVersion = None
) -> Flag:
    """Lift the waiver of a flag. Raises WaiverRefused (`no_such_flag`, `not_waived`) and ReasonMissing."""
    filing, waived = _find_flag(
        workflow.LIFT_WAIVER, filing, flag, by=by, reason=reason, expected_version=expected_version
    )
    if not waived.is_waived:
        raise WaiverRefused("not_waived", "/rule", rule=waived.rule, place=waived.at)
    _set(waived, until=None, at=None, by=None, reason="", basis="")
    _record(workflow.LIFT_WAIVER, filing, waived, by=by, reason=reason)
    return waived


def _find_flag(
    verb: str, filing: Filing, flag: Identity, *, by: User, reason: str, expected_version: ExpectedVersion
) -> tuple[Filing, Flag]:
    """Lock the filing and find the flag, after checking that the user may waive it."""
    refuse_unless_permitted(workflow.REVIEWING, filing, by)
    filing = lock_with_related_filings(filing)
    refuse_other_version(filing, expected_version, by)
    if filing.status in workflow.ENDED:
        raise TransitionRefused(verb, filing.status)
    if not reason.strip():
        raise ReasonMissing
    rule, at, variant = flag
    unresolved = Flag.objects.unresolved().filter(filing=filing, rule=rule, at=at, variant=variant).first()
    if unresolved is None:
        raise WaiverRefused("no_such_flag", "/rule", rule=rule[:16], place=at[:200])
    return filing, unresolved


def _basis(filing: Filing, flag: Flag) -> str:
    for case in cases_of([filing]):
        return waiver_basis_of(flag.finding, case.dossier)
    raise NotChecked


def _set(flag: Flag, *, until: date | None, at: datetime | None, by: User | None, reason: str, basis: str) -> None:
    flag.waived_until, flag.waived_at, flag.waived_by = until, at, by
    flag.waiver_reason, flag.waiver_basis = reason, basis
    flag.save(update_fields=["waived_until", "waived_at", "waived_by", "waiver_reason", "waiver_basis"])


def _record(verb: str, filing: Filing, flag: Flag, *, by: User, reason: str, **more: Any) -> None:
    record_change(filing, verb, filing.status, by=by, at=now(), reason=reason, data={**flag.as_line, **more})
    recount([filing.pk])
