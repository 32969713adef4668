"""Who may perform which duty for a filing: the table of permissions as code."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from compliance.filings import workflow
from compliance.filings.refusals import NotAFiler, NotPermitted
from compliance.models import Event, Filing
from registry.models import Membership, Role, User

NOT_A_FILER = "not_a_filer"
_FILERS_VERBS = frozenset({workflow.OPEN, workflow.EDIT, workflow.UPLOAD, workflow.SUBMIT.verb, workflow.WITHDRAW.verb})
_REVIEWERS_VERBS = frozenset(
    {workflow.ACCEPT.verb, workflow.RETURN.verb, workflow.FORWARD.verb, workflow.WAIVE, workflow.LIFT_WAIVER}
)


def refuse_unless_filer(filing: Filing, by: User) -> None:
    if filing.applicant_id not in by.filer_organizations:
        raise NotAFiler


def refuse_unless_permitted(duty: str, filing: Filing, by: User) -> None:
    """Raise NotAFiler or NotPermitted if a user may not perform a duty for this filing."""
    code = Permissions(filing).why_not(duty, by)
    if code == NOT_A_FILER:
        raise NotAFiler
    if code:
        raise NotPermitted(code)


def _not_this_role(duty: str, filing: Filing, by: User) -> str | None:
    is_reviewing = duty == workflow.REVIEWING
    roles = (Role.REVIEWER, Role.REGISTRAR) if is_reviewing else (Role.REGISTRAR,)
    if not by.has_role(*roles):
        return "not_a_reviewer" if is_reviewing else "not_a_registrar"
    if not by.has_role(Role.REGISTRAR) and filing.province not in by.reviewed_provinces:
        return "not_your_province"
    return None


def _done_before(duty: str, verbs: set[str]) -> str | None:
    """Return why somebody with these verbs in the history of a filing may not perform a duty: two persons are needed."""
    if verbs & _FILERS_VERBS:
        return "prepared_by_you"
    if duty != workflow.REVIEWING and verbs & _REVIEWERS_VERBS:
        return "reviewed_by_you"
    return None


class Permissions:
    """Who may perform which duty for one filing, for any number of people, in two queries."""

    def __init__(self, filing: Filing) -> None:
        self.filing = filing

    @cached_property
    def _members(self) -> set[int]:
        return set(Membership.objects.filter(organization=self.filing.applicant_id).values_list("user_id", flat=True))

    @cached_property
    def _verbs(self) -> dict[int, set[str]]:
        verbs: dict[int, set[str]] = defaultdict(set)
        for user, verb in Event.objects.filter(filing=self.filing).order_by().values_list("by_id", "verb").distinct():
            verbs[user].add(verb)
        return verbs

    def why_not(self, duty: str, person: User) -> str | None:
        """Return the code of the reason why a person may not perform a duty; None if the person may."""
        if duty in (workflow.FILING, workflow.RECORDING):
            is_filer = self.filing.applicant_id in person.filer_organizations
            if is_filer or duty == workflow.FILING:
                return None if is_filer else NOT_A_FILER
        if code := _not_this_role(duty, self.filing, person):
            return code
        if self.is_member(person):
            return "own_filing"
        return _done_before(duty, self._verbs.get(person.pk, set()))

    def is_member(self, person: User) -> bool:
        """Whether somebody is or was a member of the applicant."""
        return person.pk in self._members

    def allow(self, duty: str, person: User) -> bool:
        return self.why_not(duty, person) is None


def can_perform(duty: str, filing: Filing, by: User) -> bool:
    """Return whether a user may perform a duty for a filing."""
    return Permissions(filing).allow(duty, by)
