"""What is kept about people beside the record is deleted after its time, by kind; the record stays."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from compliance import tasks
from compliance.checks import check_data_protection
from compliance.filings import actions
from compliance.models import Event, Filing, Mail, Notice, Revision
from compliance.retention.kinds import KINDS, RetentionRefused, days_of
from registry.models import AccessRecord, SignInDevice
from tests.making_filings import a_submitted_filing, history_faults

pytestmark = pytest.mark.django_db


def ago(days: int):
    return timezone.now() - timedelta(days=days)


def noted(user, days: int) -> None:
    at = ago(days)
    AccessRecord.objects.create(user=user, kind="seen", label=f"{days}", day=at.date(), first_at=at, last_at=at)
    SignInDevice.objects.create(user=user, mark=f"{days}", last_used_at=at)


def notified(user, filing: Filing, days: int) -> None:
    mail = Mail.objects.create(user=user, sent_at=ago(days))
    Notice.objects.create(user=user, kind="decided", key=f"{filing.pk}-{days}", filing=filing, at=ago(days), mail=mail)


def output_of(*arguments: str) -> str:
    output = StringIO()
    call_command("apply_retention", *arguments, stdout=output)
    return output.getvalue()


def test_a_dry_run_counts_and_deletes_nothing(settings, filer):
    for days in (10, 500, 600):
        noted(filer, days)
    settings.RETENTION = {"accesses": "400"}
    lines = output_of("--dry-run").splitlines()
    assert lines[0].split("accesses of")[0].split() == ["accesses", "400", "days,", "2", "would", "be", "deleted"]
    assert [line.split()[1] for line in lines[1:]] == ["kept"] * (len(KINDS) - 1)
    assert AccessRecord.objects.count() == 3


def test_what_is_older_is_deleted_by_kind(settings, filer):
    for days in (10, 500):
        noted(filer, days)
    settings.RETENTION = {"accesses": "400"}
    output_of()
    assert (AccessRecord.objects.get().label, SignInDevice.objects.count()) == ("10", 2)


def test_notices_of_cases_that_go_on_and_their_mails_stay(settings, filer, reviewer):
    ended, open_ = a_submitted_filing(filer), a_submitted_filing(filer, "generative")
    actions.withdraw_filing(ended, by=filer)
    Notice.objects.all().delete()
    Mail.objects.all().delete()
    for filing in (ended, open_):
        for days in (10, 800):
            notified(filer, filing, days)
    settings.RETENTION = {"mails": "730", "notices": "730"}
    output_of()
    kept = Notice.objects.order_by("pk").values_list("key", flat=True)
    assert list(kept) == [f"{ended.pk}-10", f"{open_.pk}-10", f"{open_.pk}-800"]
    # None of them is mailed again.
    assert (Mail.objects.count(), Notice.objects.filter(mail__isnull=True).count()) == (3, 0)


def test_the_record_stays_and_is_whole(settings, filer):
    filing = a_submitted_filing(filer)
    before = (Event.objects.count(), Revision.objects.count(), Filing.objects.count())
    settings.RETENTION = {kind.name: "4" for kind in KINDS}
    tasks.forget_what_is_old()
    assert (Event.objects.count(), Revision.objects.count(), Filing.objects.count()) == before
    assert history_faults(filing) == []


@pytest.mark.parametrize("setting", [{"filings": "9"}, {"mails": "soon"}, {"mails": "3"}, {"mails": "-9"}])
def test_a_wrong_setting_is_refused_whole(setting, settings):
    with pytest.raises(RetentionRefused, match="RETENTION"):
        days_of(setting)
    settings.RETENTION = setting
    with pytest.raises(CommandError, match="RETENTION"):
        output_of()


def test_a_check_names_a_wrong_setting_and_backups_in_clear(settings):
    settings.RETENTION, settings.DOCUMENT_KEYS, settings.BACKUP_TO = (
        {"mails": "soon"},
        ["AGE-SECRET-KEY-1…"],
        "/backups",
    )
    assert [each.id for each in check_data_protection(None)] == ["compliance.E002", "compliance.W001"]
    settings.RETENTION, settings.BACKUP_RECIPIENTS = {"mails": "700"}, ["age1…"]
    assert check_data_protection(None) == []
