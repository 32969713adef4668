"""Locks for changes to filings, in the same order for all writers, and the check of the expected version (If-Match)."""

from __future__ import annotations

from collections.abc import Set

from django.db.models import Q

from compliance.filings.querysets import FilingQuerySet
from compliance.filings.refusals import ChangedMeanwhile
from compliance.models import Filing
from registry.models import Organization, User
from registry.request_ids import note_case

# Hashes of versions, one of which must be the current one. None allows any version.
ExpectedVersion = Set[str] | None


def lock_applicant(applicant: int) -> None:
    """
    Serialize the changes of one applicant.

    Without this lock, a filing could be added to a service, or be checked in it, after another change has marked the
    filings of that service due and before that change is committed. Checks and sweeps do not take this lock.
    """
    list(Organization.objects.select_for_update(no_key=True).filter(pk=applicant).order_by().values_list("pk"))


# Relations of a filing that actions read.
_RELATED = ("applicant", "working_copy")


def lock_filing(filing: Filing) -> Filing:
    """Lock a filing alone, for a change that no other filing depends on."""
    lock_applicant(filing.applicant_id)
    note_case(filing.case_number)
    return Filing.objects.select_related(*_RELATED).select_for_update(of=("self",)).get(pk=filing.pk)


def lock_with_related_filings(filing: Filing) -> Filing:
    """
    Lock a filing together with the applicant's other filings whose outcome depends on it.

    They are locked in the order of their keys, which prevents a deadlock with a concurrent sweep.
    """
    lock_applicant(filing.applicant_id)
    note_case(filing.case_number)
    latest = Filing.objects.only("applicant_id", "service_key", "target_id", "official_number_id").get(pk=filing.pk)
    rows = related_filings(latest).select_related(*_RELATED).order_by("pk").select_for_update(of=("self",))
    return next(row for row in rows if row.pk == latest.pk)


def related_filings(filing: Filing) -> FilingQuerySet:
    """Return a filing, the filings of its service, the one it amends, and those that amend it, by link or by number."""
    related = (
        Q(pk=filing.pk) | Q(applicant_id=filing.applicant_id, service_key=filing.service_key) | Q(target=filing.pk)
    )
    if filing.target_id:
        related |= Q(pk=filing.target_id)
    if filing.official_number:
        related |= Q(applicant_id=filing.applicant_id, amends_key=filing.official_number.key)
    return Filing.objects.filter(related)


def refuse_other_version(filing: Filing, expected_version: ExpectedVersion, by: User) -> None:
    """
    Raise ChangedMeanwhile unless an expected hash is that of the dossier or of the last event. The filing must be locked.
    """
    if expected_version is None:
        return
    current = filing.dossier_for(by)
    if current.sha256 not in expected_version and filing.last_event_hash not in expected_version:
        raise ChangedMeanwhile(current)
