"""What is locked before a filing changes, in one order for all writers, and whether the caller has seen its latest version."""

from __future__ import annotations

from collections.abc import Set

from django.db.models import Q

from compliance.filings.querysets import FilingQuerySet
from compliance.filings.refusals import ChangedMeanwhile
from compliance.models import Filing
from registry.models import Organization, User

# The hashes that a caller has seen; None: whatever is there.
Seen = Set[str] | None


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
