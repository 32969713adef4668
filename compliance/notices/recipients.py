"""Who is told of something about a filing."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.models import Absence, Filing
from registry.models import Membership, Role, StaffRole, User


def filers_of(filing: Filing) -> list[User]:
    """Return those who file for the applicant today."""
    memberships = Membership.objects.filing().in_force().filter(organization=filing.applicant_id)
    return list(User.objects.filter(is_active=True, pk__in=memberships.values("user")))


def desk_of(filing: Filing) -> list[User]:
    """
    Return the assignee, if present and still permitted to see the filing; otherwise the reviewers of the province who are
    present, or all of them if none is, or the registrars of a province without reviewers.
    """
    away = set(Absence.objects.on().values_list("user_id", flat=True))
    assignee = filing.assignee
    if assignee and assignee.is_active and assignee.pk not in away and _sees(assignee, filing):
        return [assignee]
    roles = StaffRole.objects.filter(role=Role.REVIEWER, user__is_active=True).select_related("user")
    everybody = [row.user for row in roles if filing.province in row.provinces]
    return [person for person in everybody if person.pk not in away] or everybody or registrars()


def registrars() -> list[User]:
    return list(User.objects.filter(is_active=True, staff_roles__role=Role.REGISTRAR))


def who_see(people: Iterable[User], filing: Filing) -> list[User]:
    """Return those of the people who may see a filing now: what somebody may not see, nobody is told."""
    rows = list({person.pk: person for person in people}.values())
    return [person for person in rows if person.is_active and _sees(person, filing)]


def _sees(person: User, filing: Filing) -> bool:
    return Filing.objects.visible_to(person).filter(pk=filing.pk).exists()
