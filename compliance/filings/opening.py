"""Opening a filing and editing its dossier."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.checking.dispatch import announce_after_commit
from compliance.checking.due_marks import GRACE
from compliance.dossier.normal import content_digest
from compliance.dossier.parsing import Parsed
from compliance.dossier.schema import Dossier
from compliance.filings import workflow
from compliance.filings.history.recording import save_with_event
from compliance.filings.locking import ExpectedVersion, lock_filing, refuse_other_version
from compliance.filings.permissions import refuse_unless_filer
from compliance.filings.refusals import AmendmentOpen, ApplicantIsFixed, NoMembership, ReferenceTaken, TransitionRefused
from compliance.models import CaseNumbers, Filing, WorkingCopy
from compliance.rules.catalog import INITIAL
from compliance.rules.context import same_name
from compliance.rules.due_dates import declared_days
from registry.models import Organization, User
from registry.names import key_of
from registry.numbers.forms import NUMBER_LENGTH, number_key
from registry.reference.regions import PROVINCES
from registry.search import searched_by


@transaction.atomic
def open_filing(parsed: Parsed, *, by: User) -> tuple[Filing, bool]:
    """
    Open a filing with a dossier. Return the filing and whether it is new.

    The same applicant, reference and dossier again return the same filing. Raises NoMembership if `by` is not a filer of
    the applicant, ReferenceTaken if the reference is used with a different dossier, and AmendmentOpen if the filing to
    amend already has an open change or cancellation.
    """
    applicant = _locked_applicant(parsed.dossier, by)
    filing = _filing_with_reference(applicant, parsed)
    return (filing, False) if filing else (_new_filing(applicant, parsed, by), True)


@transaction.atomic
def edit_dossier(filing: Filing, parsed: Parsed, *, by: User, expected_version: ExpectedVersion = None) -> Filing:
    """
    Replace the working copy. `expected_version` contains the hashes that the editor expects; None allows any version.

    Raises ChangedMeanwhile if the version is another one, TransitionRefused if the filing is not editable,
    ApplicantIsFixed if the dossier names another applicant, ReferenceTaken if its reference is used, and AmendmentOpen
    if another filing already amends the same one.
    """
    refuse_unless_filer(filing, by)
    filing = lock_filing(filing)
    if not filing.is_editable:
        raise TransitionRefused(workflow.EDIT, filing.status)
    if parsed.dossier.applicant.uscc != filing.applicant.uscc:
        raise ApplicantIsFixed
    refuse_other_version(filing, expected_version, by)
    return replace_working_copy(filing, parsed, workflow.EDIT, by=by, data={})


def _locked_applicant(dossier: Dossier, by: User) -> Organization:
    """Return the applicant, locked as by `lock_applicant`, so that nobody can open the same reference concurrently."""
    own = Organization.objects.select_for_update(no_key=True).filter(pk__in=by.filer_organizations)
    applicant = own.filter(uscc=dossier.applicant.uscc).order_by("pk").only("uscc", "name").first()
    if applicant is None:
        raise NoMembership(dossier.applicant.uscc)
    return applicant


def _filing_with_reference(applicant: Organization, parsed: Parsed) -> Filing | None:
    reference = parsed.dossier.reference
    if not reference:
        return None
    filings = Filing.objects.holding_reference().filter(applicant=applicant, reference_key=key_of(reference))
    filing = filings.first()
    if filing is not None and content_digest(parsed.canonical.text) not in (filing.opened_sha256, _digest_now(filing)):
        raise ReferenceTaken(reference)
    return filing


def _digest_now(filing: Filing) -> str:
    return content_digest(filing.kept_dossier().content)


def _new_filing(applicant: Organization, parsed: Parsed, by: User) -> Filing:
    now = timezone.now()
    filing = Filing(
        case_number=_next_case_number(now),
        applicant=applicant,
        status=workflow.DRAFT,
        opened_sha256=content_digest(parsed.canonical.text),
        opened_by=by,
        opened_at=now,
        changed_at=now,
        due_since=now,
        leased_until=now + GRACE,
    )
    _copy(filing, parsed.dossier)
    save_with_event(filing, workflow.OPEN, "", by=by, at=now, data={"sha256": parsed.canonical.sha256})
    _write_copy(WorkingCopy(filing=filing), parsed, by, now)
    announce_after_commit(filing.pk)
    return filing


def _next_case_number(now: datetime) -> str:
    year = timezone.localtime(now).year
    locked = CaseNumbers.objects.select_for_update()
    numbers = locked.filter(year=year).first()
    if numbers is None:
        CaseNumbers.objects.get_or_create(year=year)
        numbers = locked.get(year=year)
    numbers.last += 1
    numbers.save(update_fields=["last"])
    return str(numbers)


def replace_working_copy(filing: Filing, parsed: Parsed, verb: str, *, by: User, data: dict[str, Any]) -> Filing:
    """Replace the working copy of a locked filing, and record the event."""
    now = timezone.now()
    _copy(filing, parsed.dossier)
    _write_copy(filing.working_copy, parsed, by, now)
    filing.changed_at = filing.due_since = now
    filing.leased_until = now + GRACE
    try:
        with transaction.atomic():
            save_with_event(
                filing, verb, filing.status, by=by, at=now, data={"sha256": parsed.canonical.sha256, **data}
            )
    except IntegrityError as error:
        raise ReferenceTaken(parsed.dossier.reference or "") from error
    announce_after_commit(filing.pk)
    return filing


def _copy(filing: Filing, dossier: Dossier) -> None:
    """Set the columns that are copied from the dossier."""
    columns = columns_of_dossier(filing, dossier)
    # After the first submission, columns that others see change only with the next revision.
    unchanged = REVISION_COLUMNS if filing.first_submitted_at else frozenset()
    for name in columns.keys() - unchanged:
        setattr(filing, name, columns[name])
    filing.target = find_target(filing)


REVISION_COLUMNS = frozenset(
    {
        "jurisdiction",
        "province",
        "service_name",
        "service_key",
        "first_declared_on",
        "last_declared_on",
        "search_text",
        "search_grams",
    }
)


def columns_of_dossier(filing: Filing, dossier: Dossier) -> dict[str, Any]:
    """Return the columns of a filing that are copied from its dossier."""
    region = dossier.applicant.region or dossier.applicant.uscc[2:8]
    jurisdiction = dossier.jurisdiction or ""
    searched = [filing.case_number, dossier.service.name, dossier.reference]
    declared = declared_days(dossier)
    return {
        "kind": dossier.kind,
        "action": dossier.action or INITIAL,
        "reference": dossier.reference or "",
        "reference_key": key_of(dossier.reference) if dossier.reference else "",
        "jurisdiction": jurisdiction,
        "province": jurisdiction if jurisdiction in PROVINCES else region[:2],
        "service_name": dossier.service.name,
        "service_key": key_of(same_name(dossier.service.name)),
        "amends_key": _amends_key(dossier),
        "first_declared_on": min(declared, default=None),
        "last_declared_on": max(declared, default=None),
        **searched_by(*searched, filing.applicant.name, filing.applicant.uscc),
    }


def _amends_key(dossier: Dossier) -> str:
    """Return the key of the number to amend. A text that is too long for a number has none; a rule reports it."""
    key = number_key(dossier.amends or "") if (dossier.action or INITIAL) != INITIAL else ""
    return key if len(key) <= NUMBER_LENGTH else ""


def find_target(filing: Filing) -> Filing | None:
    """Return the applicant's filing with the number to amend. Raises AmendmentOpen if another filing amends it already."""
    if not filing.amends_key:
        return None
    targets = Filing.objects.filter(
        applicant_id=filing.applicant_id, kind=filing.kind, official_number__key=filing.amends_key
    )
    target = targets.select_related("official_number").first()
    if target is None:
        return None
    others = target.amendments.exclude(status__in=workflow.AMENDMENT_IS_OVER).exclude(pk=filing.pk)
    if other := others.first():
        raise AmendmentOpen(str(target.official_number), other.case_number)
    return target


def _write_copy(copy: WorkingCopy, parsed: Parsed, by: User, at: datetime) -> None:
    copy.content, copy.sha256 = parsed.canonical.text, parsed.canonical.sha256
    copy.changed_by, copy.changed_at = by, at
    copy.save()
