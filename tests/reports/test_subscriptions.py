"""Subscriptions over three months: exactly the expected runs, periods and mails, whatever is down; rights as of sending."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from compliance.models import Mail, ReportRun, RunState, Sending, SendingState, Subscription
from compliance.notices import mailing
from compliance.reports import sending
from compliance.reports.periods import Every, period_around
from compliance.reports.runs import delete_old_runs, repeat_run, runs_to_write, write_run
from compliance.reports.schedules import Frequency
from compliance.reports.subscribing import (
    SubscriptionRefused,
    Wishes,
    change_subscription,
    end_subscription,
    pause_subscription,
    resume_subscription,
    send_now,
    subscribe,
)
from compliance.reports.timetable import make_sendings
from registry.models import Membership, Organization, StaffRole, User
from tests.building import USCC
from tests.reports.conftest import TwoMonths
from tests.reports.writing import SHANGHAI, moment

HOUR = timedelta(hours=1)
START, END = moment("2026-10-01T00:30"), moment("2027-01-01T12:00")


@pytest.fixture(autouse=True)
def addresses(filer: User, viewer: User, reviewer: User, registrar: User) -> None:
    for user in (filer, viewer, reviewer, registrar):
        user.email = f"{user.username}@desk.example"
        user.save(update_fields=["email"])


@dataclass
class Outage:
    """Something is down from a moment to another."""

    what: str
    begins: str
    ends: str

    def covers(self, at: datetime) -> bool:
        return moment(self.begins) <= at < moment(self.ends)


def down(outages: list[Outage], at: datetime) -> set[str]:
    return {outage.what for outage in outages if outage.covers(at)}


def tick(unavailable: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """Do what beat and a worker do in an hour."""
    if "beat" not in unavailable:
        make_sendings()
    if "worker" not in unavailable:
        for key in runs_to_write():
            write_run(key)
        sending.prepare_mails()
        post(is_down="mail" in unavailable)


def post(*, is_down: bool = False) -> None:
    if not is_down:
        mailing.send_mails(sending.message_of)
        return
    with patch.object(EmailBackend, "send_messages", side_effect=SMTPServerDisconnected("away")):
        mailing.send_mails(sending.message_of)


def live(start: datetime, end: datetime, outages: list[Outage]) -> Iterator[datetime]:
    with time_machine.travel(start, tick=False) as traveler:
        at = start
        while at < end:
            traveler.move_to(at)
            tick(down(outages, at))
            yield at
            at += HOUR


def subjects() -> Counter[tuple[str, str]]:
    return Counter((message.to[0].partition("@")[0], message.subject) for message in mail.outbox)


def wishes(frequency: Frequency = Frequency.DAILY, **more: Any) -> Wishes:
    return Wishes(report=more.pop("report", "changes"), frequency=frequency, formats=("csv",), language="en", **more)


def the_days(first: str, end: str) -> list[str]:
    start = date.fromisoformat(first)
    return [(start + timedelta(days=i)).isoformat() for i in range((date.fromisoformat(end) - start).days)]


@pytest.mark.skipif(settings.TEST_ON != "postgresql", reason="The time of CI allows it once.")
def test_three_months_with_outages_give_exactly_the_expected_periods_and_mails(registrar: User, reviewer: User) -> None:
    outages = [
        Outage("beat", "2026-10-10T00:00", "2026-10-13T12:00"),
        Outage("worker", "2026-10-24T18:00", "2026-10-27T06:00"),
        Outage("mail", "2026-10-31T00:00", "2026-11-03T00:00"),
        Outage("beat", "2026-11-01T00:00", "2026-11-02T09:00"),
        Outage("worker", "2026-11-30T20:00", "2026-12-02T20:00"),
    ]
    with time_machine.travel(START, tick=False):
        subscribe(wishes(recipients=("registrar", "reviewer")), by=registrar)
        subscribe(wishes(time_zone="Europe/Berlin", hour=2, report="incomplete_filings"), by=registrar)
        subscribe(wishes(Frequency.WEEKLY, report="training_data"), by=registrar)
        subscribe(wishes(Frequency.MONTHLY, report="reviewer_workload", time_zone="America/New_York"), by=registrar)
        subscribe(wishes(Frequency.QUARTERLY, report="base_model_provenance"), by=registrar)
        subscribe(wishes(Frequency.WORKING_DAY, working_day=5, report="statutory_deadlines"), by=registrar)
    for _at in live(START, END, outages):
        pass
    days = the_days("2026-10-01", "2027-01-01")
    daily = {f"Changes, {day} – {day}" for day in days}
    berlin = {f"Incomplete filings, {day} – {day}" for day in days}
    weeks = [date(2026, 9, 28) + timedelta(weeks=i) for i in range(13)]
    weekly = {f"Training data, {week} – {week + timedelta(days=6)}" for week in weeks}
    months = ["2026-10-01 – 2026-10-31", "2026-11-01 – 2026-11-30", "2026-12-01 – 2026-12-31"]
    expected = Counter(
        [
            *(("registrar", heading) for heading in daily | berlin | weekly),
            *(("reviewer", heading) for heading in daily),
            # December is due on 1 January at 8 in New York, and on the fifth working day, which lie after the end.
            *(("registrar", f"Reviewers' workload, {month}") for month in months[:2]),
            *(("registrar", f"Statutory deadlines, {month}") for month in months[:2]),
            ("registrar", "Base-model provenance, 2026-10-01 – 2026-12-31"),
        ]
    )
    assert subjects() == expected
    scheduled = ReportRun.objects.scheduled()
    assert (
        scheduled.filter(report="changes").count() == scheduled.filter(report="incomplete_filings").count() == len(days)
    )
    assert set(ReportRun.objects.values_list("state", flat=True)) == {RunState.WRITTEN}
    assert set(Mail.objects.filter(sent_at=None)) == set()
    assert Sending.objects.count() == 2 * len(days) + 13 + 2 + 2 + 1


def test_a_daily_report_leaves_at_its_hour_in_its_zone(registrar: User) -> None:
    start, sent = moment("2026-10-23T00:30"), []
    with time_machine.travel(start, tick=False):
        subscribe(wishes(time_zone="Europe/Berlin", hour=8), by=registrar)
    before = 0
    for at in live(start, moment("2026-10-28T00:00"), []):
        if len(mail.outbox) > before:
            sent.append(f"{at.astimezone(SHANGHAI):%d %H}")
            before = len(mail.outbox)
    # 8:00 in Berlin is 14:00 in Shanghai until 25 October, then 15:00; each tick is at half past.
    assert sent == ["24 14", "25 15", "26 15", "27 15"]


def one_sending(subscription: Subscription) -> Sending:
    """Send the last period now."""
    made = send_now(subscription)
    tick()
    made.refresh_from_db()
    return made


def test_a_mail_has_the_summary_a_picture_and_the_files(two_months: TwoMonths, registrar: User) -> None:
    with time_machine.travel(moment("2026-12-01T10:00"), tick=True):
        asked = Wishes("changes", Frequency.MONTHLY, ("pdf", "xlsx", "csv"), language="zh")
        one_sending(subscribe(asked, by=registrar))
    (message,) = mail.outbox
    assert message.subject == "变动情况（2026-11-01 – 2026-11-30）"
    assert "本期提交 3 次" in message.body
    html = message.alternatives[0][0]
    assert "cid:" in html
    names = [part.get_filename() for part in message.message().walk() if part.get_filename()]
    assert names == ["chart.png", *(f"changes-20261101-20261130.{form}" for form in ("pdf", "xlsx", "csv"))]


def test_each_recipient_gets_what_he_or_she_may_see(two_months: TwoMonths, registrar: User, reviewer: User) -> None:
    StaffRole.objects.filter(user=reviewer).update(provinces=["11"])
    with time_machine.travel(moment("2026-12-01T10:00"), tick=True):
        one_sending(subscribe(wishes(Frequency.MONTHLY, recipients=("registrar", "reviewer")), by=registrar))
    rows = {message.to[0]: len(message.attachments[-1][1].splitlines()) for message in mail.outbox}
    assert rows == {"registrar@desk.example": 12, "reviewer@desk.example": 1}


def test_who_lost_the_role_since_gets_nothing(registrar: User, reviewer: User) -> None:
    subscription = subscribe(wishes(recipients=("registrar", "reviewer")), by=registrar)
    StaffRole.objects.filter(user=reviewer).delete()
    made = one_sending(subscription)
    assert [message.to for message in mail.outbox] == [["registrar@desk.example"]]
    assert made.left_out == [["reviewer", "may not read this report any more"]]


def test_who_loses_the_role_while_the_mail_waits_gets_nothing(registrar: User, reviewer: User) -> None:
    subscription = subscribe(wishes(recipients=("reviewer",)), by=registrar)
    send_now(subscription)
    tick({"mail"})
    StaffRole.objects.filter(user=reviewer).delete()
    Mail.objects.update(due_at=START)
    post()
    assert mail.outbox == []
    assert Mail.objects.get().error == "Nothing is left that the reader may see."


def test_a_member_who_left_gets_nothing_of_the_organization(
    filer: User, viewer: User, organization: Organization
) -> None:
    subscription = subscribe(wishes(recipients=("filer", "viewer")), by=filer, organization=organization)
    assert subscription.parameters == {"applicant": USCC}
    Membership.objects.filter(user=viewer).update(mandate="委托书", mandate_until="2020-01-01")
    one_sending(subscription)
    assert [message.to for message in mail.outbox] == [["filer@desk.example"]]


def test_nothing_is_sent_if_nothing_changed(two_months: TwoMonths, registrar: User) -> None:
    with time_machine.travel(moment("2026-12-10T00:30"), tick=False):
        subscribe(wishes(only_if_changed=True), by=registrar)
    for _at in live(moment("2026-12-10T00:30"), moment("2026-12-13T00:00"), []):
        pass
    assert mail.outbox == []
    assert [each.left_out for each in Sending.objects.all()] == [[["registrar", "nothing changed"]]] * 2


def test_a_report_that_fails_is_mailed_to_the_owner_and_sent_once_it_is_written(
    registrar: User, reviewer: User
) -> None:
    subscription = subscribe(wishes(recipients=("reviewer", "registrar")), by=registrar)
    made = send_now(subscription)
    ReportRun.objects.update(state=RunState.FAILED, error="The disk was full.")
    tick()
    made.refresh_from_db()
    assert made.state == SendingState.FAILED
    assert [message.to for message in mail.outbox] == [["registrar@desk.example"]]
    assert "The disk was full." in mail.outbox[0].body
    assert send_now(subscription) == made
    tick()
    made.refresh_from_db()
    assert made.state == SendingState.SENDING
    assert sorted(message.to[0] for message in mail.outbox[1:]) == ["registrar@desk.example", "reviewer@desk.example"]


def test_a_failed_report_that_is_repeated_in_time_leaves_no_mail_of_the_failure(registrar: User) -> None:
    send_now(subscribe(wishes(), by=registrar))
    ReportRun.objects.update(state=RunState.FAILED, error="The disk was full.")
    tick({"mail"})
    repeat_run(ReportRun.objects.get())
    Mail.objects.update(due_at=START)
    tick()
    assert [message.subject.partition(",")[0] for message in mail.outbox] == ["Changes"]
    assert "could not be written" not in mail.outbox[0].subject


def test_one_sending_that_cannot_be_prepared_keeps_no_other_from_its_mails(registrar: User) -> None:
    good, bad = (send_now(subscribe(wishes(report=name), by=registrar)) for name in ("changes", "training_data"))
    tick({"worker"})
    for key in runs_to_write():
        write_run(key)
    Subscription.objects.filter(pk=bad.subscription_id).update(report="gone")
    tick()
    states = [Sending.objects.get(pk=each.pk).state for each in (good, bad)]
    assert states == [SendingState.SENDING, SendingState.FAILED]
    assert len(mail.outbox) == 1
    # The report is written, so it is sent anew, besides the one that could not be prepared.
    Subscription.objects.filter(pk=bad.subscription_id).update(report="training_data")
    assert one_sending(Subscription.objects.get(pk=bad.subscription_id)).state == SendingState.SENDING


def test_an_ended_subscription_and_a_removed_recipient_get_nothing_more(registrar: User, reviewer: User) -> None:
    ended = subscribe(wishes(), by=registrar)
    changed = subscribe(wishes(report="training_data", recipients=("reviewer", "registrar")), by=registrar)
    for subscription in (ended, changed):
        send_now(subscription)
    tick({"mail"})
    end_subscription(ended)
    change_subscription(changed, wishes(report="training_data", recipients=("registrar",)), by=registrar)
    Mail.objects.update(due_at=START)
    post()
    assert [(message.to, message.subject.partition(",")[0]) for message in mail.outbox] == [
        (["registrar@desk.example"], "Training data")
    ]


def test_a_parameter_is_stored_in_its_normal_form(registrar: User, organization: Organization) -> None:
    made = subscribe(wishes(report="scorecard", parameters={"applicant": f" {USCC.lower()} "}), by=registrar)
    assert made.parameters == {"applicant": USCC}


def test_a_refused_recipient_does_not_keep_the_others(registrar: User, reviewer: User) -> None:
    subscription = subscribe(wishes(recipients=("registrar", "reviewer")), by=registrar)
    sent: list[str] = []

    def send(self: EmailBackend, messages: list[Any]) -> int:
        if messages[0].to == ["registrar@desk.example"]:
            raise SMTPRecipientsRefused({"registrar@desk.example": (550, b"no such user")})
        sent.extend(messages[0].to)
        return 1

    with patch.object(EmailBackend, "send_messages", send):
        one_sending(subscription)
    assert sent == ["reviewer@desk.example"]
    refused = Mail.objects.get(user=registrar)
    assert refused.given_up_at
    assert "no such user" in refused.error


def test_what_is_missed_while_paused_is_not_sent(registrar: User) -> None:
    start = moment("2026-10-05T00:30")
    with time_machine.travel(start, tick=False) as traveler:
        subscription = subscribe(wishes(), by=registrar)
        pause_subscription(subscription)
        traveler.move_to(start + timedelta(days=5))
        tick()
        resume_subscription(subscription)
        traveler.move_to(start + timedelta(days=6, hours=12))
        tick()
        end_subscription(subscription)
        traveler.move_to(start + timedelta(days=9))
        tick()
    # 9 October was due after the pause; what was due in it is left out.
    expected = ["Changes, 2026-10-09 – 2026-10-09", "Changes, 2026-10-10 – 2026-10-10"]
    assert [message.subject for message in mail.outbox] == expected


def test_another_frequency_begins_with_the_period_at_hand(registrar: User) -> None:
    with time_machine.travel(moment("2026-10-15T10:00"), tick=False):
        subscription = subscribe(wishes(), by=registrar)
        change_subscription(subscription, wishes(Frequency.MONTHLY), by=registrar)
        subscription.refresh_from_db()
    assert subscription.next_begins_at == moment("2026-10-01T00:00")


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"report": "nothing"}, "report"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"recipients": ("nobody",)}, "recipients"),
        ({"recipients": ("filer",)}, "recipients"),
        ({"parameters": {"province": "99"}}, "province"),
        ({"report": "reviewer_workload", "parameters": {"color": "red"}}, "color"),
        ({"report": "scorecard"}, "applicant"),
    ],
)
def test_an_impossible_subscription_is_refused_with_its_field(
    changes: dict[str, Any], at: str, registrar: User, filer: User
) -> None:
    with pytest.raises(SubscriptionRefused) as refused:
        subscribe(wishes(**changes), by=registrar)
    assert refused.value.at == at
    assert Subscription.objects.count() == 0


def test_formats_are_those_of_the_report(registrar: User) -> None:
    with pytest.raises(SubscriptionRefused) as refused:
        subscribe(Wishes("changes", Frequency.DAILY, ("docx",)), by=registrar)
    assert "html, pdf, xlsx, csv, json" in refused.value.text.en


def test_a_filer_subscribes_for_the_own_organization_alone(
    filer: User, stranger: User, organization: Organization
) -> None:
    for user, asked in ((filer, wishes()), (stranger, wishes())):
        with pytest.raises(SubscriptionRefused):
            subscribe(asked, by=user, organization=None if user is filer else organization)
    with pytest.raises(SubscriptionRefused):
        subscribe(wishes(report="reviewer_workload"), by=filer, organization=organization)


def test_old_rows_are_deleted_and_the_line_stays(two_months: TwoMonths, registrar: User) -> None:
    with time_machine.travel(moment("2026-12-01T10:00"), tick=True):
        one_sending(subscribe(wishes(Frequency.MONTHLY), by=registrar))
    run = ReportRun.objects.get()
    assert run.parts.count() == 1
    assert delete_old_runs(at=moment("2027-12-31T00:00")) == 0
    assert delete_old_runs(at=moment("2028-01-10T00:00")) == 1
    run.refresh_from_db()
    assert (run.state, run.parts.count(), run.figures.count(), run.row_count) == (RunState.DELETED, 0, 0, 11)


def test_two_subscriptions_to_the_same_period_share_one_run(registrar: User, reviewer: User) -> None:
    for user in (registrar, reviewer):
        send_now(subscribe(wishes(Frequency.MONTHLY), by=user))
    assert ReportRun.objects.count() == 1
    assert period_around(Every.MONTH, ReportRun.objects.get().begins_at).begins_at == ReportRun.objects.get().begins_at
