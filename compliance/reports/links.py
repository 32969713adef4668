"""Links by which a person downloads a report without signing in: signed, with an end, and revocable."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from compliance.models import ReportLink, RunState, Sending
from compliance.reports.columns import desk_link, workspace_link
from compliance.reports.presenting import ShownReport, show
from compliance.reports.readers import may_receive, sight_within
from compliance.reports.written import stored
from registry.models import User

_SALT = "compliance.reports.links"


class LinkEnded(Exception):
    """A link was good once: it has ended, was revoked, or its person may not read the report any more."""


def link_for(user: User, sending: Sending) -> ReportLink:
    """Return the link of a person to a sent report; it is made once."""
    link, _is_new = ReportLink.objects.get_or_create(
        sending=sending,
        user=user,
        defaults={
            "run": sending.run,
            "language": sending.subscription.language,
            "ends_at": timezone.now() + timedelta(days=settings.REPORT_LINK_DAYS),
        },
    )
    return link


def address_of(link: ReportLink, format: str) -> str:
    return f"{settings.BASE_URL}{reverse('report-link', args=[signing.dumps(link.pk, salt=_SALT), format])}"


def report_at(text: str) -> ShownReport | None:
    """
    Return the report at a link, as its person may see it now; None for a link that was never made.

    Raises LinkEnded.
    """
    try:
        key = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        return None
    link = (
        ReportLink.objects.filter(pk=key).select_related("run", "user", "sending__subscription__organization").first()
    )
    if link is None or link.sending is None or not _is_good(link):
        raise LinkEnded
    subscription = link.sending.subscription
    organization = subscription.organization
    link_of = desk_link if organization is None else partial(workspace_link, organization=organization)
    return show(stored(link.run, sight_within(link.user, organization)), link.language, link_of)


def _is_good(link: ReportLink) -> bool:
    is_in_force = link.revoked_at is None and link.ends_at > timezone.now()
    assert link.sending is not None
    return is_in_force and link.run.state == RunState.WRITTEN and may_receive(link.user, link.sending.subscription)
