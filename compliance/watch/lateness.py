"""What is late: checks, reports and subscriptions that should have been done by now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min
from django.utils import timezone

from compliance.checking.case_facts import working_calendar
from compliance.checking.due_marks import oldest_due
from compliance.models import Mail, ReportRun, Subscription
from compliance.rules.calendar import PUBLISHED

# Work that waits longer than this is late.
LATE_AFTER = timedelta(minutes=15)
CHECKS_LATE_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Lateness:
    """What waits, since when; None for what does not wait too long. `subscriptions` are those whose report is overdue."""

    checks_since: datetime | None
    reports_since: datetime | None
    mails_since: datetime | None
    subscriptions: tuple[tuple[str, datetime], ...]

    @property
    def is_late(self) -> bool:
        return any((self.checks_since, self.reports_since, self.mails_since, self.subscriptions))


def lateness() -> Lateness:
    now = timezone.now()
    # A mail that was tried waits for its own server or mailbox, not for the jobs.
    untried = Mail.objects.filter(sent_at__isnull=True, given_up_at__isnull=True, attempts=0)
    unsent = untried.aggregate(since=Min("due_at"))
    unwritten = ReportRun.objects.unfinished().aggregate(since=Min("asked_at"))
    return Lateness(
        _if_older(oldest_due(), now - CHECKS_LATE_AFTER),
        _if_older(unwritten["since"], now - LATE_AFTER),
        _if_older(unsent["since"], now - LATE_AFTER),
        tuple(_late_subscriptions(now)),
    )


def _if_older(since: datetime | None, limit: datetime) -> datetime | None:
    return since if since is not None and since < limit else None


def _late_subscriptions(now: datetime) -> list[tuple[str, datetime]]:
    started, late = (
        list(Subscription.objects.active().filter(next_begins_at__lt=now).order_by("next_begins_at")[:500]),
        [],
    )
    calendar = working_calendar() if started else PUBLISHED
    for subscription in started:
        schedule = subscription.schedule
        due_at = schedule.due_at(schedule.period_around(subscription.next_begins_at), calendar)
        if due_at < now - LATE_AFTER:
            late.append((str(subscription.uid), due_at))
    return late
