"""The scheduler of beat, of which one alone works, and which says that it is alive even when no task reaches a worker."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Any

from celery.beat import PersistentScheduler
from django.conf import settings
from django.db import Error, close_old_connections
from redis import Redis
from redis.exceptions import LockError, RedisError

from compliance.watch.heartbeats import EVERY, note_alive
from compliance.watch.models import Part

# A beat that is gone is replaced by another one after so many seconds; who has the turn prolongs it well before.
TURN_SECONDS = 20.0
PROLONG_EVERY = 5.0
STANDBY_SECONDS = 1.0

logger = logging.getLogger(__name__)


class Turn:
    """The turn of one beat among several, held by a lock in the broker, through which all tasks go anyway."""

    def __init__(self, broker: str, name: str) -> None:
        # The next tick tries again.
        self._client = Redis.from_url(broker, socket_timeout=5, socket_connect_timeout=1, retry=None, retry_on_error=[])
        self._sent = f"{name}-sent"
        self._lock = self._client.lock(name, timeout=TURN_SECONDS, blocking=False, thread_local=False)
        self._prolonged = float("-inf")
        self.is_ours = False

    def take(self) -> bool:
        """Take the turn or prolong it, and return whether it is ours. Without a broker it is nobody's."""
        if self.is_ours and time.monotonic() - self._prolonged < PROLONG_EVERY:
            return True
        was_ours, self.is_ours = self.is_ours, self._hold()
        self._prolonged = time.monotonic()
        if self.is_ours != was_ours:
            logger.info(
                "This beat works now." if self.is_ours else "This beat stands by: another one works, or no broker."
            )
        return self.is_ours

    def note_sent(self, task: str, at: datetime) -> None:
        """Let the other beats know when a task was sent."""
        try:
            self._client.hset(self._sent, task, at.isoformat())
        except RedisError as error:
            logger.warning("That %s was sent is not noted: %s", task, error)

    def last_sent(self) -> dict[str, datetime]:
        """Return when each task was sent, by whichever beat; empty without a broker."""
        try:
            noted = self._client.hgetall(self._sent)
        except RedisError:
            return {}
        return {task.decode(): datetime.fromisoformat(at.decode()) for task, at in noted.items()}

    def give_back(self) -> None:
        """Let another beat go on at once."""
        try:
            self._lock.release()
        except (LockError, RedisError) as error:
            logger.debug("The turn was not given back: %s", error)

    def _hold(self) -> bool:
        try:
            return self._prolong() or bool(self._lock.acquire())
        except RedisError as error:
            logger.warning("The turn of beat is unknown: %s", error)
            return False

    def _prolong(self) -> bool:
        try:
            return self._lock.reacquire()
        except LockError:
            return False


class WatchedScheduler(PersistentScheduler):
    """Celery's own scheduler with a heartbeat. Of several beats one works, and the others stand by."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._noted = 0.0
        self._turn = Turn(settings.CELERY_BROKER_URL, f"{settings.REDIS_KEY_PREFIX}beat")
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        if self._turn.is_ours and time.monotonic() - self._noted > EVERY.total_seconds():
            self._noted = time.monotonic()
            # It can take longer than a turn: whose turn it is, is asked after it.
            _note()
        was_ours = self._turn.is_ours
        if not self._turn.take():
            return STANDBY_SECONDS
        if not was_ours:
            self._go_on()
        return super().tick(*args, **kwargs)

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        super().apply_entry(entry, producer=producer)
        self._turn.note_sent(entry.name, entry.app.now() if entry.app else self.app.now())

    def _go_on(self) -> None:
        """Go on where the beat before has stopped: what it sent is not sent again, and what it missed is made up for."""
        for name, at in self._turn.last_sent().items():
            if name in self.schedule:
                self.schedule[name].last_run_at = at
        # The times of all tasks are reckoned anew.
        self._heap = None

    def close(self) -> None:
        self._turn.give_back()
        super().close()


def _note() -> None:
    try:
        note_alive(Part.BEAT)
    except Error as error:
        logger.warning("The heartbeat of beat was not stored: %s", error)
    finally:
        close_old_connections()
