"""Deadlines over holidays of China, on the page, in the calendar and by mail alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
from icalendar import Calendar

from compliance.deadlines.feed import feed_of, renew
from compliance.deadlines.models import CalendarFeed
from compliance.filings import actions
from compliance.models import Filing, Notice, NoticeSettings
from compliance.notices.calendar import raise_notices_of_the_day
from registry.models import Organization, User
from tests.building import parsed
from tests.making_filings import check_everything
from tests.workspace.conftest import signed_in


@pytest.fixture
def on() -> object:
    return lambda day: time_machine.travel(datetime.fromisoformat(f"{day}T10:00:00+08:00"), tick=False)


def an_algorithm_launched_on(day: str, filer: User) -> Filing:
    filing, _is_new = actions.open_filing(parsed("algorithm", {"/service/launched_on": day}), by=filer)
    check_everything()
    filing.refresh_from_db()
    return filing


def in_the_calendar(feed: CalendarFeed) -> list[date]:
    url = f"/workspace/calendar/{feed.pk}/{feed.secret}/deadlines.ics"
    calendar = Calendar.from_ical(signed_in(None).get(url).content)
    return [event.decoded("dtstart") for event in calendar.walk("VEVENT")]


@pytest.mark.parametrize(
    ("today", "launched_on", "due_on"),
    [
        # National Day and Mid-Autumn 2025: free from 1 to 8 October, 28 September and 11 October worked.
        ("2025-09-26", "2025-09-25", "2025-10-15"),
        # Spring Festival 2026: free from 15 to 23 February, 14 and 28 February worked.
        ("2026-02-12", "2026-02-11", "2026-03-03"),
    ],
)
def test_a_deadline_over_a_holiday_is_the_same_on_the_page_in_the_calendar_and_by_mail(
    on: Callable[[str], object], organization: Organization, filer: User, today: str, launched_on: str, due_on: str
) -> None:
    with on(today):
        filing = an_algorithm_launched_on(launched_on, filer)
        assert str(filing.due_on) == due_on
        assert due_on in signed_in(filer).get(f"/workspace/{organization.uid}/deadlines/").content.decode()
        assert in_the_calendar(feed_of(filer, organization, "zh")) == [date.fromisoformat(due_on)]
    with on(due_on):
        raise_notices_of_the_day()
    assert Notice.objects.get(kind="reminder").values["due_on"] == due_on


def test_a_deadline_in_a_year_that_is_not_announced_has_no_day_yet(
    on: Callable[[str], object], organization: Organization, filer: User
) -> None:
    with on("2026-12-28"):
        filing = an_algorithm_launched_on("2026-12-25", filer)
        assert (filing.clock, filing.due_on) == ("filing", None)
        page = signed_in(filer).get(f"/workspace/{organization.uid}/deadlines/").content.decode()
        assert "day not known until the holiday notice of that year is published" in page
        assert in_the_calendar(feed_of(filer, organization, "zh")) == []
        raise_notices_of_the_day()
    assert not Notice.objects.filter(kind="reminder").exists()


def reminded(filer: User) -> list[str]:
    rows = Notice.objects.filter(user=filer, kind="reminder").order_by("pk")
    return [row.key.split(":")[1] for row in rows]


def test_filers_are_reminded_on_the_days_that_they_choose(
    on: Callable[[str], object], organization: Organization, filer: User, viewer: User
) -> None:
    NoticeSettings.objects.create(user=filer, reminder_days=[7, 0])
    with on("2026-03-02"):
        filing = an_algorithm_launched_on("2026-03-02", filer)
    due_on = filing.due_on
    assert due_on is not None
    days = [due_on - timedelta(days=before) for before in (10, 7, 6, 1, 0)]
    answers = []
    for day in days:
        with on(day.isoformat()):
            raise_notices_of_the_day()
            raise_notices_of_the_day()
        answers.append(reminded(filer))
    assert answers == [[], ["7"], ["7"], ["7"], ["7", "0"]]
    assert reminded(viewer) == []


def test_a_filing_that_was_submitted_is_not_reminded_of(on: Callable[[str], object], filer: User) -> None:
    with on("2026-03-02"):
        filing = an_algorithm_launched_on("2026-03-02", filer)
        actions.submit_filing(filing, by=filer)
        check_everything()
        raise_notices_of_the_day()
    assert reminded(filer) == []


def test_a_new_address_ends_the_old_one(organization: Organization, filer: User) -> None:
    feed = feed_of(filer, organization, "en")
    old = f"/workspace/calendar/{feed.pk}/{feed.secret}/deadlines.ics"
    renew(feed, "en")
    assert signed_in(None).get(old).status_code == 404
    assert in_the_calendar(feed) == []


def test_the_calendar_has_no_mark_up_of_hostile_names(
    on: Callable[[str], object], organization: Organization, filer: User
) -> None:
    with on("2026-03-03"):
        changes = {"/service/launched_on": "2026-03-02", "/service/name": "甲\r\nATTACH:http://x.example\r\n"}
        actions.open_filing(parsed("algorithm", changes), by=filer)
        check_everything()
        feed = feed_of(filer, organization, "zh")
        (event,) = Calendar.from_ical(
            signed_in(None).get(f"/workspace/calendar/{feed.pk}/{feed.secret}/deadlines.ics").content
        ).walk("VEVENT")
    assert "attach" not in event
