"""Who may perform which duty upon a filing: the table of permissions as code."""

from __future__ import annotations

from compliance.filings import workflow
from compliance.filings.refusals import NotAFiler, NotForYou
from compliance.models import Event, Filing
from registry.models import Membership, Standing, User

_FILERS_VERBS = frozenset({workflow.OPEN, workflow.EDIT, workflow.UPLOAD, workflow.SUBMIT.verb, workflow.WITHDRAW.verb})
_REVIEWERS_VERBS = frozenset(
    {workflow.ACCEPT.verb, workflow.RETURN.verb, workflow.FORWARD.verb, workflow.WAIVE, workflow.LIFT_WAIVER}
)


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
