"""The deadlines of an organization: a calendar of months, the list, the address for people's own calendars, and reminders."""

from __future__ import annotations

import calendar as months
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.checking.case_facts import working_calendar
from compliance.deadlines import feed as feeds
from compliance.deadlines.models import CalendarFeed
from compliance.deadlines.reading import Due, deadlines_of
from compliance.models import NoticeSettings
from compliance.notices.kinds import REMINDER_DAYS
from compliance.rules.calendar import WorkingCalendar
from compliance.workspace.visits import Visit, for_members


@for_members
def deadlines(visit: Visit) -> HttpResponseBase:
    """Show what is due when, and what happens when a day passes."""
    today = timezone.localdate()
    dues = deadlines_of(visit.organization, today=today)
    month = _month(visit.request.GET.get("month", ""), today)
    feed = feeds.feed_of(visit.user, visit.organization, visit.language)
    choice = NoticeSettings.objects.filter(user=visit.user).first()
    chosen = REMINDER_DAYS if choice is None or choice.reminder_days is None else choice.reminder_days
    context = {
        "room": "deadlines",
        "today": today,
        "lines": [_line(due, visit) for due in dues],
        "month": month,
        "before": (month - timedelta(days=1)).replace(day=1),
        "after": (month + timedelta(days=31)).replace(day=1),
        "weeks": _weeks(month, dues, working_calendar(), today),
        "feed_url": feed_address(feed),
        "reminders": [(days, days in chosen) for days in REMINDER_DAYS],
    }
    return visit.page("deadlines.html", context)


def _line(due: Due, visit: Visit) -> dict[str, Any]:
    return {
        "due": due,
        "what": feeds.what_is_due(due.clock.clock, visit.language),
        "then": due.consequence.in_(visit.language),
    }


def _month(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(f"{text}-01") if text else today
    except ValueError:
        found = today
    return found.replace(day=1) if 2020 <= found.year <= 2099 else today.replace(day=1)


def _weeks(month: date, dues: list[Due], calendar: WorkingCalendar, today: date) -> list[list[dict[str, Any]]]:
    """Return the weeks of a month: each day with its deadlines, and whether it is a working day; None if that is not known."""
    by_day: dict[date, list[Due]] = {}
    for due in dues:
        if due.clock.due_on:
            by_day.setdefault(due.clock.due_on, []).append(due)
    return [
        [
            {
                "day": day,
                "is_inside": day.month == month.month,
                "is_today": day == today,
                "is_working": calendar.is_working_day(day) if calendar.is_confirmed(day.year) else None,
                "dues": by_day.get(day, []),
            }
            for day in week
        ]
        for week in months.Calendar().monthdatescalendar(month.year, month.month)
    ]


def feed_address(feed: CalendarFeed) -> str:
    return f"{settings.BASE_URL}{reverse('workspace:feed', args=[feed.pk, feed.secret])}"


@for_members
def renew_feed(visit: Visit) -> HttpResponseBase:
    """Give the calendar a new address."""
    if visit.request.method == "POST":
        feeds.renew(feeds.feed_of(visit.user, visit.organization, visit.language), visit.language)
        messages.success(visit.request, _("The calendar has a new address. The old one has ended."))
    return redirect("workspace:deadlines", visit.organization.uid)


@for_members
def choose_reminders(visit: Visit) -> HttpResponseBase:
    """Choose how many days before a deadline somebody is reminded by mail."""
    if visit.request.method == "POST":
        chosen = [days for days in REMINDER_DAYS if str(days) in visit.request.POST.getlist("days")]
        row, _is_new = NoticeSettings.objects.get_or_create(user=visit.user, defaults={"language": visit.language})
        row.reminder_days = chosen
        row.save(update_fields=["reminder_days"])
        messages.success(visit.request, _("Saved."))
    return redirect("workspace:deadlines", visit.organization.uid)


def feed(request: HttpRequest, key: int, secret: str) -> HttpResponse:
    """Give the deadlines to whoever knows the address."""
    found = feeds.feed_at(key, secret)
    if found is None:
        raise Http404
    CalendarFeed.objects.filter(pk=found.pk).update(read_at=timezone.now())
    headers = {"Content-Disposition": 'inline; filename="deadlines.ics"', "Cache-Control": "private, max-age=3600"}
    return HttpResponse(feeds.as_calendar(found), content_type="text/calendar; charset=utf-8", headers=headers)
