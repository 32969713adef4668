"""Notices to people: who is notified of what, once; how it is mailed; a mail server that is away."""

from __future__ import annotations

from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from compliance.casework.assigning import assign_filing
from compliance.filings import actions
from compliance.letters import sending
from compliance.models import Absence, Change, ChangeType, Filing, Flag, LastPosition, Mail, Notice, NoticeSettings
from compliance.notices import kinds, mailing
from compliance.notices.calendar import raise_notices_of_the_day
from compliance.notices.ordering import give_positions
from compliance.notices.raising import raise_from_changes, raise_notices
from registry.models import User
from tests.conftest import staff
from tests.making_filings import a_filing, a_submitted_filing, check_everything

Notified = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def addresses(filer: User, reviewer: User, registrar: User) -> None:
    for user in (filer, reviewer, registrar):
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@desk.example")


@pytest.fixture
def filing(filer: User) -> Filing:
    return a_submitted_filing(filer)


def notified() -> Notified:
    """Return the new notices, and forget them."""
    give_positions()
    raise_from_changes()
    rows = list(Notice.objects.order_by("id").values_list("user__username", "kind"))
    Notice.objects.all().delete()
    return rows


def posted() -> list[tuple[list[str], str]]:
    """Send what is due, and return to whom and under which heading; then forget it."""
    mailing.make_mails()
    mailing.send_mails()
    found = [(message.to, message.subject) for message in mail.outbox]
    mail.outbox.clear()
    return found


def after_the_pause() -> None:
    Mail.objects.update(made_at=timezone.now() - mailing.PAUSE * 2)


# --- who is notified -------------------------------------------------------------------------------------------------


def test_each_step_notifies_those_whom_it_concerns(filer, reviewer, registrar):
    filing = a_submitted_filing(filer)
    assert notified() == [("reviewer", "received")]
    assign_filing(filing, reviewer, by=registrar)
    assert notified() == [("reviewer", "assigned")]
    filing = sending.return_filing(filing, by=reviewer, reason="seal")
    assert notified() == [("filer", "returned")]
    filing = actions.submit_filing(filing, by=filer)
    assert notified() == [("reviewer", "answered")]
    filing = actions.accept_filing(filing, by=registrar)
    assert sorted(notified()) == [("filer", "moved_on"), ("reviewer", "moved_on")]
    filing = actions.forward_filing(filing, by=reviewer)
    filing = actions.forward_filing(filing, by=reviewer)
    assert notified() == [("filer", "moved_on"), ("filer", "moved_on")]
    other = staff("other", "registrar")
    filing = sending.decide_filing(filing, by=other)
    assert sorted(notified()) == [("filer", "decided"), ("reviewer", "decided")]
    actions.suspend_filing(filing, by=other, reason="x")
    assert sorted(notified()) == [("filer", "decided"), ("reviewer", "decided")]


def test_nobody_is_notified_of_a_draft(filer):
    a_filing(filer)
    assert notified() == []


def test_those_who_are_present_are_notified_and_if_nobody_is_everybody(filer, far_reviewer, reviewer, registrar):
    today = timezone.localdate()
    staff("present", "reviewer", ["44"])
    Absence.objects.create(user=reviewer, first_day=today, last_day=today)
    a_submitted_filing(filer)
    assert notified() == [("present", "received")]
    User.objects.filter(username="present").update(is_active=False)
    a_submitted_filing(filer, changes={"/reference": "b"})
    assert notified() == [("reviewer", "received")]
    reviewer.staff_roles.all().delete()
    a_submitted_filing(filer, changes={"/reference": "c"})
    assert notified() == [("registrar", "received")]


def test_nobody_is_notified_where_nothing_changed(filing):
    notified()
    check_everything()
    check_everything()
    assert notified() == []


def test_a_change_makes_one_notice_even_if_it_is_looked_at_twice(filing):
    give_positions()
    raise_from_changes()
    LastPosition.objects.filter(pk=2).update(raised=0)
    raise_from_changes()
    assert Notice.objects.count() == 1


def test_deadlines_are_announced_once_and_to_those_who_are_bound(filing, filer, reviewer, registrar):
    notified()
    Filing.objects.update(status="accepted", clock="decision", due_on=date(2026, 12, 2), assignee=reviewer)
    for day in (27, 30):
        raise_notices_of_the_day(today=date(2026, 11, day))
    assert notified() == [("reviewer", "due_soon")]
    Filing.objects.update(due_on=date(2026, 9, 1))
    raise_notices_of_the_day(today=date(2026, 11, 30))
    assert sorted(notified()) == [("registrar", "overdue"), ("reviewer", "overdue")]
    Filing.objects.update(status="returned", clock="correction", due_on=date(2026, 11, 27))
    for _ in range(2):
        raise_notices_of_the_day(today=date(2026, 11, 30))
    assert Notice.objects.count() == 2
    assert sorted(notified()) == [("filer", "overdue"), ("reviewer", "overdue")]


def test_a_waiver_that_ends_is_announced(filer, reviewer):
    filing = a_submitted_filing(filer, changes={"/algorithm/mechanism": None})
    check_everything()
    flag = Flag.objects.get(at="/algorithm/mechanism")
    until = timezone.localdate() + timedelta(days=2)
    actions.waive_flag(filing, flag.identity, until=until, reason="new seal", by=reviewer)
    notified()
    raise_notices_of_the_day()
    assert notified() == [("reviewer", "waiver_ends")]


def test_the_end_of_a_base_models_filing_is_announced(filer, reviewer):
    filing = a_submitted_filing(filer, "registration")
    notified()
    raised = [{"rule": "PRO-05", "level": "error", "variant": "revoked", "at": "/models/0/filing_number"}]
    other = [{"rule": "PRO-05", "level": "error", "variant": "missing", "at": "/models/0/filing_number"}]
    for flags in (other, raised):
        Change.objects.create(type=ChangeType.FLAGS, filing=filing, at=timezone.now(), data={"raised": flags})
    reviewer.staff_roles.update(provinces=[filing.province])
    assert sorted(notified()) == [("filer", "base_revoked"), ("reviewer", "base_revoked")]


# --- mail --------------------------------------------------------------------------------------------------------


def returned(filing: Filing, reviewer: User) -> Filing:
    filing = sending.return_filing(filing, by=reviewer, reason="The seal is missing.")
    give_positions()
    raise_from_changes()
    return filing


def test_a_returned_filing_is_mailed_with_its_notice(filing, reviewer, settings):
    returned(filing, reviewer)
    mailing.make_mails()
    assert mailing.send_mails() == 1
    (message,) = mail.outbox
    (pdf,) = message.attachments
    assert (message.to, message.subject) == (["filer@desk.example"], f"{filing.case_number} 已退回补正")
    assert (pdf[0], pdf[1][:5], pdf[2]) == (f"{filing.case_number}-C1.pdf", b"%PDF-", "application/pdf")
    assert "The seal is missing." in message.body
    assert "补正通知书" in message.body
    html, media_type = message.alternatives[0]
    assert (media_type, f"{filing.case_number} 已退回补正" in html) == ("text/html", True)
    assert message.extra_headers["Message-ID"].startswith(f"<{Mail.objects.get().uid}@")


def test_everybody_reads_in_the_chosen_language(filing, filer, reviewer):
    NoticeSettings.objects.create(user=filer, language="en")
    returned(filing, reviewer)
    assert posted() == [(["filer@desk.example"], f"{filing.case_number} is returned for correction")]


@pytest.mark.parametrize(
    ("how", "is_due", "is_made"), [("immediate", True, True), ("daily", False, True), ("off", False, False)]
)
def test_everybody_chooses_when_mail_comes(filing, filer, reviewer, how, is_due, is_made):
    NoticeSettings.objects.create(user=filer, choices={kinds.RETURNED: how})
    returned(filing, reviewer)
    notice = Notice.objects.get(user=filer)
    assert (len(posted()) == 1, notice.mail_due_at is not None) == (is_due, is_made)
    if how == "daily":
        due = timezone.localtime(notice.mail_due_at)
        assert (due.hour, due.minute, due > timezone.now()) == (8, 0, True)
        Notice.objects.filter(user=filer).update(mail_due_at=timezone.now())
        assert len(posted()) == 1


def test_a_thousand_changes_in_a_minute_are_two_mails(filing, filer, reviewer):
    for i in range(1_000):
        raise_notices(kinds.MESSAGE, [filer], filing, key=str(i), values={"actor": "reviewer"})
        if i == 0:
            assert len(posted()) == 1
    assert posted() == []
    after_the_pause()
    ((_to, heading),) = posted()
    assert heading.startswith("999 条通知")
    after_the_pause()
    assert posted() == []
    assert Notice.objects.filter(mail__isnull=True).count() == 0


class _Away(EmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, messages):
        raise SMTPServerDisconnected("away")


class _Refusing(EmailBackend):
    code = 550

    def send_messages(self, messages):
        raise SMTPRecipientsRefused({"filer@desk.example": (self.code, b"unknown")})


class _Greylisting(_Refusing):
    code = 450


def test_when_the_mail_server_comes_back_every_notice_is_sent_once(filing, filer, reviewer, registrar, settings):
    filing = returned(filing, reviewer)
    raise_notices(kinds.MENTIONED, [registrar], filing, key="1", values={"actor": "reviewer"})
    back = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}._Away"
    for _ in range(3):
        assert posted() == []
        Mail.objects.update(due_at=timezone.now())
    assert [mail.attempts for mail in Mail.objects.order_by("id")] == [3, 0]
    settings.EMAIL_BACKEND = back
    assert sorted(to for to, _heading in posted()) == [["filer@desk.example"], ["registrar@desk.example"]]
    after_the_pause()
    assert posted() == []
    assert Mail.objects.filter(sent_at__isnull=True).count() == 0


def test_an_address_that_is_refused_keeps_no_other_mail(filing, filer, reviewer, settings):
    returned(filing, reviewer)
    settings.EMAIL_BACKEND = f"{__name__}._Refusing"
    posted()
    written = Mail.objects.get()
    assert (written.given_up_at is not None, "550" in written.error) == (True, True)


def test_a_worker_that_was_killed_holds_a_mail_only_for_its_lease(filing, reviewer):
    returned(filing, reviewer)
    mailing.make_mails()
    Mail.objects.update(leased_until=timezone.now() + mailing.LEASE)
    assert mailing.send_mails() == 0
    Mail.objects.update(leased_until=timezone.now())
    assert mailing.send_mails() == 1


@pytest.mark.parametrize("change", ["left", "inactive", "no address"])
def test_whoever_may_not_see_the_filing_any_more_gets_no_mail(filing, filer, reviewer, change):
    returned(filing, reviewer)
    if change == "left":
        filer.memberships.all().delete()
    if change == "inactive":
        User.objects.filter(pk=filer.pk).update(is_active=False)
    if change == "no address":
        User.objects.filter(pk=filer.pk).update(email="")
    assert posted() == []
    assert not Mail.objects.exists()


def test_an_address_that_is_refused_for_now_is_tried_again(filing, filer, reviewer, settings):
    returned(filing, reviewer)
    settings.EMAIL_BACKEND = f"{__name__}._Greylisting"
    posted()
    written = Mail.objects.get()
    assert (written.given_up_at, written.due_at > timezone.now()) == (None, True)


def test_one_worker_sends_at_a_time_and_all_mails_wait_for_a_server_that_is_away(
    filing, filer, reviewer, registrar, settings
):
    filing = returned(filing, reviewer)
    raise_notices(kinds.MENTIONED, [registrar], filing, key="1")
    settings.EMAIL_BACKEND = f"{__name__}._Away"
    posted()
    assert Mail.objects.filter(due_at__lte=timezone.now()).count() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Mail.objects.update(due_at=timezone.now())
    first = Mail.objects.order_by("id").first()
    Mail.objects.filter(pk=first.pk).update(leased_until=timezone.now() + mailing.LEASE)
    assert mailing.send_mails() == 0


def test_a_mail_that_waited_holds_nothing_that_its_reader_may_not_see_any_more(filing, filer, reviewer):
    returned(filing, reviewer)
    mailing.make_mails()
    filer.memberships.all().delete()
    mailing.send_mails()
    assert (mail.outbox, Mail.objects.get().given_up_at is not None) == ([], True)


def test_a_mail_with_many_letters_has_the_text_of_those_that_it_does_not_attach(filer, reviewer):
    filings = [a_submitted_filing(filer, changes={"/reference": f"{i}", "/service/name": f"甲{i}"}) for i in range(7)]
    for filing in filings:
        sending.return_filing(filing, by=reviewer, reason="seal")
    give_positions()
    raise_from_changes()
    mailing.make_mails()
    mailing.send_mails()
    (message,) = [message for message in mail.outbox if message.to == ["filer@desk.example"]]
    assert len(message.attachments) == mailing.MOST_LETTERS
    for filing in filings[mailing.MOST_LETTERS :]:
        assert f"{filing.case_number}-C1" in message.body


def test_a_name_with_a_line_break_keeps_no_mail(filing, filer, reviewer):
    raise_notices(kinds.MENTIONED, [filer], filing, key="1", values={"actor": "a\nb"})
    assert [heading for _to, heading in posted()] == [f"a b 在 {filing.case_number} 中提到您"]


def test_an_opened_filing_that_is_submitted_at_once_announces_no_draft(organization, filer, reviewer):
    other = User.objects.create_user("other")
    other.memberships.create(organization=organization, role="filer")
    a_submitted_filing(filer)
    assert notified() == [("reviewer", "received")]
