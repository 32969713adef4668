"""The timetable of subscriptions: for each period that is due a run and a sending, once, also after an outage."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.checking.case_facts import working_calendar
from compliance.models import Sending, Subscription
from compliance.reports.catalog import REPORTS
from compliance.reports.periods import Period
from compliance.reports.runs import schedule_run
from compliance.rules.calendar import WorkingCalendar

logger = logging.getLogger(__name__)

# After a long outage, a subscription makes up for so many periods at once; the others follow with the next run.
AT_ONCE = 50


def make_sendings(*, at: datetime | None = None) -> int:
    """Make the sendings of all periods that are due, each with its run, and return how many."""
    at, calendar = at or timezone.now(), working_calendar()
    due = Subscription.objects.active().filter(next_begins_at__lt=at).order_by("pk")
    return sum(_make_alone(key, at, calendar) for key in due.values_list("pk", flat=True))


def _make_alone(key: int, at: datetime, calendar: WorkingCalendar) -> int:
    """Make the sendings of one subscription; what goes wrong with it keeps no other from its own."""
    try:
        return _make_sendings(key, at, calendar)
    except Exception:
        logger.exception("The subscription with key %s cannot be scheduled.", key)
        return 0


@transaction.atomic
def _make_sendings(key: int, at: datetime, calendar: WorkingCalendar) -> int:
    rows = Subscription.objects.active().select_for_update(skip_locked=True, of=("self",))
    subscription = rows.filter(pk=key).first()
    if subscription is None or subscription.report not in REPORTS:
        return 0
    made = 0
    periods = subscription.schedule.due_periods(since=subscription.next_begins_at, at=at, calendar=calendar)
    for period in periods:
        made += _make_sending(subscription, period)
        subscription.next_begins_at = period.ends_at
        if made == AT_ONCE:
            break
    if made:
        subscription.save(update_fields=["next_begins_at"])
    return made


def _make_sending(subscription: Subscription, period: Period) -> bool:
    run = schedule_run(REPORTS[subscription.report], period, subscription.parameters)
    try:
        with transaction.atomic():
            Sending.objects.create(
                subscription=subscription, begins_at=period.begins_at, ends_at=period.ends_at, run=run
            )
    except IntegrityError:
        return False
    return True
