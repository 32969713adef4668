"""Deadlines as a calendar that people subscribe to (iCalendar, RFC 5545), at a secret address."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from icalendar import Alarm, Calendar, Event

from compliance.deadlines.models import CalendarFeed, new_secret
from compliance.deadlines.reading import Due, deadlines_of
from compliance.language import Bilingual, Language, language_of
from registry.models import Membership, Organization, User

_TITLE = Bilingual("{clock}: {service} ({case})", "{clock}：{service}（{case}）")
_NAME = Bilingual("Filing deadlines of {organization}", "{organization} 备案期限")
_CLOCKS = {
    "decision": Bilingual("Decision by the authority", "主管部门作出决定"),
    "correction": Bilingual("Correct the filing", "补正材料"),
    "filing": Bilingual("File the algorithm", "办理算法备案"),
    "amendment": Bilingual("Submit the change or cancellation", "提交变更或者注销"),
    "termination": Bilingual("Cancel the filing of the ended service", "办理注销备案"),
}
# How often a calendar looks for changes.
REFRESH = timedelta(hours=6)


def feed_of(user: User, organization: Organization, language: Language) -> CalendarFeed:
    """Return the calendar of a person for an organization; it is made when it is asked for."""
    feed, _is_new = CalendarFeed.objects.get_or_create(
        user=user, organization=organization, defaults={"language": language}
    )
    return feed


def renew(feed: CalendarFeed, language: Language) -> None:
    """Give a calendar a new address; the old one ends."""
    feed.secret, feed.language = new_secret(), language
    feed.save(update_fields=["secret", "language"])


def feed_at(key: int, secret: str) -> CalendarFeed | None:
    """Return the calendar at an address, if its secret is right and its person is still a member."""
    feed = CalendarFeed.objects.filter(pk=key).select_related("user", "organization").first()
    if feed is None or not constant_time_compare(feed.secret, secret):
        return None
    is_member = Membership.objects.of(feed.user).in_force().filter(organization=feed.organization).exists()
    return feed if is_member else None


def as_calendar(feed: CalendarFeed) -> bytes:
    """Return the deadlines as an iCalendar file: a whole day for each, with an alarm on the day before."""
    language = language_of(feed.language)
    calendar = Calendar()
    calendar.add("prodid", "-//AI Model Compliance Registry//Deadlines//EN")
    calendar.add("version", "2.0")
    name = _NAME.filled(language, {"organization": feed.organization.name})
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for due in deadlines_of(feed.organization, today=timezone.localdate()):
        if due.clock.due_on:
            calendar.add_component(_event(due, language))
    return calendar.to_ical()


def title_of_due(due: Due, language: Language) -> str:
    values = {"service": due.filing.service_name, "case": due.filing.case_number}
    return _TITLE.filled(language, {"clock": _CLOCKS[due.clock.clock].in_(language), **values})


def what_is_due(clock: str, language: Language) -> str:
    return _CLOCKS[clock].in_(language)


def _event(due: Due, language: Language) -> Event:
    filing, day = due.filing, due.clock.due_on
    assert day is not None
    event, title = Event(), title_of_due(due, language)
    event.add("uid", f"{filing.uid}-{due.clock.clock}@registry")
    event.add("dtstamp", filing.checked_at or filing.changed_at)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", title)
    event.add("description", due.consequence.in_(language))
    event.add("transp", "TRANSPARENT")
    event.add("url", f"{settings.BASE_URL}{reverse('workspace:filing', args=[filing.applicant.uid, filing.uid])}")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", timedelta(days=-1))
    event.add_component(alarm)
    return event
