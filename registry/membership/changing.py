"""Changing and removing members of an organization. Somebody always stays who administers it."""

from __future__ import annotations

from dataclasses import asdict
from typing import IO

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from uuid6 import uuid7

from registry.membership.inviting import Terms, record, refuse_terms, refuse_unless_administrator, terms_of
from registry.membership.refusals import MembershipRefused
from registry.models import Membership, MembershipVerb, Organization, User
from registry.models.people import is_mandate_in_force


@transaction.atomic
def change_member(membership: Membership, terms: Terms, *, by: User) -> None:
    """Give a member another role or mandate. Raises MembershipRefused."""
    refuse_unless_administrator(membership.organization, by)
    refuse_terms(terms)
    locked = _locked(membership)
    if terms == terms_of(locked):
        return
    is_kept = terms.is_administrator and is_mandate_in_force(
        terms.mandate_from, terms.mandate_until, timezone.localdate()
    )
    if locked.is_administrator and not is_kept:
        _refuse_last(locked)
    for name, value in asdict(terms).items():
        setattr(locked, name, value)
    locked.save(update_fields=list(asdict(terms)))
    record(locked.organization, MembershipVerb.CHANGED, locked.user.username, by=by, data=terms.as_json)


@transaction.atomic
def keep_mandate_file(membership: Membership, content: IO[bytes], filename: str, *, by: User) -> None:
    """Keep the document of a mandate as a file. The one before stays in the storage. Raises MembershipRefused."""
    refuse_unless_administrator(membership.organization, by)
    locked = _locked(membership)
    locked.mandate_filename = filename[:255]
    locked.mandate_file.save(f"{uuid7().hex}", File(content), save=False)
    locked.save(update_fields=["mandate_file", "mandate_filename"])
    data = {"mandate_file": locked.mandate_filename}
    record(locked.organization, MembershipVerb.CHANGED, locked.user.username, by=by, data=data)


@transaction.atomic
def remove_member(membership: Membership, *, by: User) -> None:
    """Remove a member: from now on the person sees nothing of the organization. Raises MembershipRefused."""
    refuse_unless_administrator(membership.organization, by)
    locked = _locked(membership)
    if locked.is_administrator:
        _refuse_last(locked)
    locked.delete()
    record(locked.organization, MembershipVerb.REMOVED, locked.user.username, by=by)


def _locked(membership: Membership) -> Membership:
    """Lock a membership, after its organization, so that two administrators cannot remove each other at once."""
    list(Organization.objects.select_for_update(no_key=True).filter(pk=membership.organization_id).values_list("pk"))
    found = Membership.objects.filter(pk=membership.pk).select_related("user", "organization").first()
    if found is None:
        raise MembershipRefused("is_no_member")
    return found


def _refuse_last(membership: Membership) -> None:
    others = Membership.objects.filter(organization=membership.organization_id, is_administrator=True).in_force()
    if not others.exclude(pk=membership.pk).filter(user__is_active=True).exists():
        raise MembershipRefused("last_administrator")
