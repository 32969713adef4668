"""Of several beats one works; the others stand by until it is gone."""

from __future__ import annotations

import time

import pytest
import time_machine
from celery import Celery
from redis import Redis

from compliance.watch import scheduler
from compliance.watch.scheduler import STANDBY_SECONDS, Turn, WatchedScheduler
from launch.services import embedded, wait_for


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broker")
    broker = embedded(folder)
    broker.child.logs = folder
    broker.child.start()
    assert wait_for(broker)
    yield broker
    broker.child.stop()


@pytest.fixture
def two(broker):
    Redis.from_url(broker.url).flushdb()
    return [Turn(broker.url, "beat") for _ in range(2)]


def test_one_beat_has_the_turn_and_keeps_it(two, monkeypatch):
    monkeypatch.setattr(scheduler, "PROLONG_EVERY", 0.0)
    assert [[turn.take() for turn in two] for _ in range(3)] == [[True, False]] * 3


def test_a_beat_that_ends_gives_the_turn_back(two):
    first, second = two
    assert (first.take(), second.take()) == (True, False)
    first.give_back()
    assert second.take()


def test_a_beat_that_is_gone_is_replaced(broker, monkeypatch):
    monkeypatch.setattr(scheduler, "TURN_SECONDS", 0.3)
    first, second = (Turn(broker.url, "short") for _ in range(2))
    assert (first.take(), second.take()) == (True, False)
    time.sleep(0.4)
    assert second.take()
    # The first one, which hung, learns that it lost the turn.
    monkeypatch.setattr(scheduler, "PROLONG_EVERY", 0.0)
    assert (first.take(), second.take()) == (False, True)


def test_without_a_broker_no_beat_has_the_turn_and_nothing_is_raised():
    turn = Turn("redis://127.0.0.1:1/0", "beat")
    assert turn.take() is False
    turn.give_back()


@pytest.mark.django_db
def test_a_beat_that_stands_by_sends_nothing(broker, settings, tmp_path, monkeypatch):
    settings.CELERY_BROKER_URL = broker.url
    Redis.from_url(broker.url).flushdb()
    beats = [WatchedScheduler(Celery(), schedule_filename=str(tmp_path / name)) for name in ("one", "two")]
    sent = []
    monkeypatch.setattr("celery.beat.PersistentScheduler.tick", lambda self: sent.append(self) or 7.0)
    monkeypatch.setattr(scheduler, "_note", lambda: None)
    assert [beat.tick() for beat in beats] == [7.0, STANDBY_SECONDS]
    beats[0].close()
    assert beats[1].tick() == 7.0
    assert sent == beats


@pytest.fixture
def sent(monkeypatch):
    """Two beats with a task of every hour, and what each of them sends."""
    lines = []
    monkeypatch.setattr(scheduler, "_note", lambda: None)
    monkeypatch.setattr(
        WatchedScheduler, "apply_async", lambda self, entry, **more: lines.append((self.name, entry.name))
    )
    return lines


def a_beat(name, tmp_path):
    app = Celery()
    app.conf.beat_schedule = {"hourly": {"task": "a.task", "schedule": 3_600.0}}
    beat = WatchedScheduler(app, schedule_filename=str(tmp_path / name))
    beat.name = name
    return beat


def test_what_the_beat_before_sent_is_not_sent_again_and_what_it_missed_is(broker, settings, tmp_path, sent):
    settings.CELERY_BROKER_URL = broker.url
    Redis.from_url(broker.url).flushdb()
    with time_machine.travel("2026-11-30 10:00 +0000", tick=False) as traveler:
        first, second = (a_beat(name, tmp_path) for name in ("first", "second"))
        for beat in (first, second):
            beat.tick()
        traveler.shift(7_000)
        first.tick()
        assert sent == [("first", "hourly")]
        # The other one takes over shortly after: nothing is due.
        traveler.shift(60)
        first.close()
        second.tick()
        assert sent == [("first", "hourly")]
        # A third one, started after the hour was missed, makes up for it.
        second.close()
        traveler.shift(7_200)
        third = a_beat("third", tmp_path)
        third.tick()
        assert sent == [("first", "hourly"), ("third", "hourly")]
