"""Subscriptions as pages list them: what is sent how often to whom, what comes next, and what was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.checking.case_facts import working_calendar
from compliance.models import Mail, ReportLink, Sending, SendingState, Subscription
from compliance.reports import subscribing
from compliance.reports.asking import in_the_readers
from compliance.reports.catalog import REPORTS
from compliance.reports.periods import Period
from compliance.reports.shown import shown_period
from compliance.rules.calendar import WorkingCalendar

MOST_SENDINGS = 30
# What the owner of a subscription can do with it, by buttons, and what is shown then.
VERBS: dict[str, tuple[Callable[[Subscription], object], Any]] = {
    "pause": (subscribing.pause_subscription, gettext_lazy("Paused. Nothing is sent until you resume it.")),
    "resume": (subscribing.resume_subscription, gettext_lazy("Resumed.")),
    "send": (subscribing.send_now, gettext_lazy("The report of the last period is being written and sent.")),
    "end": (subscribing.end_subscription, gettext_lazy("Ended. Nothing more is sent.")),
    "revoke": (subscribing.revoke_links, gettext_lazy("All links of this subscription have ended.")),
}


@dataclass(frozen=True, slots=True)
class SubscriptionLine:
    """A subscription with its title, its recipients, and the moment at which its next report is due; None while paused."""

    subscription: Subscription
    title: str
    recipients: str
    next_at: datetime | None
    last: Sending | None

    @property
    def is_late(self) -> bool:
        """Whether the next report should have been made by now: the jobs are behind."""
        return self.next_at is not None and (timezone.now() - self.next_at).total_seconds() > 900


def lines_of(subscriptions: Iterable[Subscription]) -> list[SubscriptionLine]:
    calendar = working_calendar()
    return [_line(subscription, calendar) for subscription in subscriptions]


def next_at(subscription: Subscription, calendar: WorkingCalendar) -> datetime | None:
    """Return when the next report of a subscription is due; None while none is."""
    if subscription.is_paused or subscription.ended_at:
        return None
    schedule = subscription.schedule
    return schedule.due_at(schedule.period_around(subscription.next_begins_at), calendar)


def _line(subscription: Subscription, calendar: WorkingCalendar) -> SubscriptionLine:
    names = subscription.recipients.order_by("username")
    return SubscriptionLine(
        subscription,
        in_the_readers(REPORTS[subscription.report].title),
        ", ".join(names.values_list("username", flat=True)),
        next_at(subscription, calendar),
        subscription.sendings.select_related("run").first(),
    )


def sendings_of(subscription: Subscription) -> list[dict[str, Any]]:
    """Return the last sendings with what became of each mail."""
    sendings = list(subscription.sendings.select_related("run")[:MOST_SENDINGS])
    mails = Mail.objects.filter(sending__in=sendings).select_related("user").order_by("pk")
    return [
        {
            "sending": sending,
            "period": shown_period(Period(sending.begins_at, sending.ends_at)),
            "outcomes": _outcomes(sending, [mail for mail in mails if mail.sending_id == sending.pk]),
        }
        for sending in sendings
    ]


def _outcomes(sending: Sending, mails: list[Mail]) -> list[str]:
    left_out = [f"{username}: {_(why)}" for username, why in sending.left_out]
    failed = [_("The report could not be written: %(error)s") % {"error": sending.run.error}]
    return [
        *(failed if sending.state == SendingState.FAILED else []),
        *(f"{mail.user.username}: {_outcome(mail)}" for mail in mails),
        *left_out,
    ]


def _outcome(mail: Mail) -> str:
    if mail.sent_at:
        return _("sent %(at)s") % {"at": f"{timezone.localtime(mail.sent_at):%Y-%m-%d %H:%M}"}
    if mail.given_up_at:
        return _("not sent: %(error)s") % {"error": mail.error}
    if mail.error:
        return _("tried again: %(error)s") % {"error": mail.error}
    return _("waiting")


def has_links(subscription: Subscription) -> bool:
    """Return whether links of a subscription are in force."""
    links = ReportLink.objects.filter(sending__subscription=subscription, revoked_at__isnull=True)
    return links.filter(ends_at__gt=timezone.now()).exists()
