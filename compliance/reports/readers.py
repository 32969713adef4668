"""Who may read which report, at the moment at which it is asked: rights are never remembered from an earlier day."""

from __future__ import annotations

from compliance.models import Subscription
from compliance.reports.catalog import REPORTS, Readers, Report
from compliance.reports.scopes import Sight, sight_of
from registry.models import Membership, Organization, Role, User

STAFF = (Role.REVIEWER, Role.REGISTRAR, Role.AUDITOR)


def is_reader_among_staff(user: User) -> bool:
    return user.has_role(*STAFF)


def may_read_of(user: User, report: Report, organization: Organization | None) -> bool:
    """Return whether a user may read a report: staff all of them, members those about their organization."""
    if not user.is_active:
        return False
    if organization is None:
        return is_reader_among_staff(user)
    is_member = Membership.objects.of(user).in_force().filter(organization=organization).exists()
    return is_member and report.readers == Readers.STAFF_AND_ORGANIZATIONS


def may_receive(user: User, subscription: Subscription) -> bool:
    return may_read_of(user, REPORTS[subscription.report], subscription.organization)


def sight_within(user: User, organization: Organization | None) -> Sight:
    """Return what a user may see of a report: within an organization, that organization alone."""
    if organization is None:
        return sight_of(user)
    return Sight(organizations=frozenset({organization.uscc or ""}))
