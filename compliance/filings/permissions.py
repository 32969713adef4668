"""Who may perform which duty for a filing: the table of permissions as code."""

from __future__ import annotations

from compliance.filings import workflow
from compliance.filings.refusals import NotAFiler, NotPermitted
from compliance.models import Event, Filing
from registry.models import Membership, Role, User

_FILERS_VERBS = frozenset({workflow.OPEN, workflow.EDIT, workflow.UPLOAD, workflow.SUBMIT.verb, workflow.WITHDRAW.verb})
_REVIEWERS_VERBS = frozenset(
    {workflow.ACCEPT.verb, workflow.RETURN.verb, workflow.FORWARD.verb, workflow.WAIVE, workflow.LIFT_WAIVER}
)


def refuse_unless_filer(filing: Filing, by: User) -> None:
    if filing.applicant_id not in by.filer_organizations:
        raise NotAFiler


def refuse_unless_permitted(duty: str, filing: Filing, by: User) -> None:
    """Raise NotAFiler or NotPermitted if a user may not perform a duty for this filing."""
    if duty == workflow.FILING:
        refuse_unless_filer(filing, by)
    elif duty != workflow.RECORDING or filing.applicant_id not in by.filer_organizations:
        _refuse_unless_staff(duty, filing, by)


def _refuse_unless_staff(duty: str, filing: Filing, by: User) -> None:
    is_reviewing = duty == workflow.REVIEWING
    roles = (Role.REVIEWER, Role.REGISTRAR) if is_reviewing else (Role.REGISTRAR,)
    if not by.has_role(*roles):
        raise NotPermitted("not_a_reviewer" if is_reviewing else "not_a_registrar")
    if not by.has_role(Role.REGISTRAR) and filing.province not in by.reviewed_provinces:
        raise NotPermitted("not_your_province")
    if Membership.objects.filter(user=by, organization=filing.applicant_id).exists():
        raise NotPermitted("own_filing")
    done = set(Event.objects.filter(filing=filing, by=by).values_list("verb", flat=True))
    if done & _FILERS_VERBS:
        raise NotPermitted("prepared_by_you")
    if not is_reviewing and done & _REVIEWERS_VERBS:
        raise NotPermitted("reviewed_by_you")


def can_perform(duty: str, filing: Filing, by: User) -> bool:
    """Return whether a user may perform a duty for a filing."""
    try:
        refuse_unless_permitted(duty, filing, by)
    except (NotAFiler, NotPermitted):
        return False
    return True
