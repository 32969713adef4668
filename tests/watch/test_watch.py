"""The watch over the jobs: silence is told once, and their return; what is late is named."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPServerDisconnected
from unittest.mock import patch

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from compliance.models import Filing, Heartbeat, ReportRun, Watch
from compliance.reports.catalog import REPORTS
from compliance.reports.runs import ask_run
from compliance.reports.schedules import Frequency
from compliance.reports.subscribing import Wishes, subscribe
from compliance.tasks import note_worker
from compliance.watch.heartbeats import SILENT_AFTER, note_alive
from compliance.watch.models import Part
from compliance.watch.scheduler import WatchedScheduler
from compliance.watch.telling import look_after_jobs
from config.celery import app
from registry.models import User
from tests.admin.test_desk import desk_of
from tests.making_filings import a_submitted_filing

NOW = timezone.now().replace(microsecond=0)


@pytest.fixture(autouse=True)
def addresses(administrator: User) -> None:
    administrator.email = "admin@desk.example"
    administrator.save(update_fields=["email"])


def alive() -> None:
    note_worker()
    note_alive(Part.BEAT)


def test_silence_and_return_are_mailed_once_each() -> None:
    with time_machine.travel(NOW, tick=False) as traveler:
        alive()
        outcomes = [look_after_jobs()]
        for minutes in (4, 6, 7, 60):
            traveler.move_to(NOW + timedelta(minutes=minutes))
            outcomes.append(look_after_jobs())
        alive()
        outcomes += [look_after_jobs(), look_after_jobs()]
        traveler.shift(SILENT_AFTER * 2)
        outcomes.append(look_after_jobs())
    assert outcomes == ["", "", "silent", "", "", "back", "", "silent"]
    assert [message.to for message in mail.outbox] == [["admin@desk.example"]] * 3
    assert "worker" in mail.outbox[0].body
    assert "后台任务" in mail.outbox[1].subject


def test_a_beat_that_fell_silent_is_named_alone() -> None:
    with time_machine.travel(NOW, tick=False) as traveler:
        alive()
        look_after_jobs()
        traveler.shift(SILENT_AFTER * 2)
        note_worker()
        assert look_after_jobs() == "silent"
    assert "silent: beat (" in mail.outbox[0].body


def test_jobs_that_never_ran_are_silent_after_a_while() -> None:
    with time_machine.travel(NOW, tick=False) as traveler:
        assert look_after_jobs() == ""
        traveler.shift(SILENT_AFTER + timedelta(seconds=1))
        assert look_after_jobs() == "silent"


def test_a_mail_server_that_is_away_is_asked_again() -> None:
    with time_machine.travel(NOW, tick=False) as traveler:
        look_after_jobs()
        traveler.shift(SILENT_AFTER * 2)
        with patch.object(EmailBackend, "send_messages", side_effect=SMTPServerDisconnected("away")):
            assert look_after_jobs() == ""
        assert (Watch.objects.get().notified_at, look_after_jobs()) == (None, "silent")


def test_beat_says_that_it_is_alive(db: None) -> None:
    assert app.conf.beat_scheduler == "compliance.watch.scheduler:WatchedScheduler"
    # Alone, it always has the turn.
    with patch("compliance.watch.scheduler.Turn"):
        scheduler = WatchedScheduler(app, lazy=True)
    with (
        patch("celery.beat.PersistentScheduler.tick", return_value=5),
        # It would close the connection of the test.
        patch("compliance.watch.scheduler.close_old_connections"),
    ):
        assert [scheduler.tick(), scheduler.tick()] == [5, 5]
    assert list(Heartbeat.objects.values_list("part", flat=True)) == ["beat"]


def test_readiness_names_what_is_silent_and_late(filer: User, registrar: User) -> None:
    with time_machine.travel(NOW, tick=False) as traveler:
        look_after_jobs()
        alive()
        for url in ("/health/ready", "/health/ready/"):
            assert (Client().get(url).status_code, Client().get(url).json()["status"]) == (200, "ok")
        filing = a_submitted_filing(filer)
        ask_run(REPORTS["changes"], by=registrar)
        registrar.email = "registrar@desk.example"
        registrar.save()
        subscribe(Wishes("changes", Frequency.DAILY), by=registrar)
        traveler.shift(timedelta(days=2))
        answer = Client().get("/health/ready")
    found = answer.json()
    assert (answer.status_code, found["status"]) == (503, "late")
    assert {part: pulse["is_silent"] for part, pulse in found["parts"].items()} == {"worker": True, "beat": True}
    assert found["late"]["checks_since"].startswith(Filing.objects.get(pk=filing.pk).due_since.strftime("%Y-%m-%d"))
    assert found["late"]["reports_since"]
    assert (found["late"]["subscriptions"], found["late"]["subscriptions_since"] is None) == (1, False)


def test_the_first_page_names_what_is_late(filer: User, registrar: User) -> None:
    ask_run(REPORTS["changes"], by=registrar)
    registrar.email = "registrar@desk.example"
    registrar.save()
    subscribe(Wishes("changes", Frequency.DAILY), by=registrar)
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        texts = " ".join(item["text"] for item in desk_of(registrar).get("/admin/").context["health"])
    assert "Reports are waiting to be written" in texts
    assert "Late report subscriptions: 1, the first since" in texts
    assert ReportRun.objects.count() == 1
