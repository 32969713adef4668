"""Telling the workers that something is due. A help, not a duty: what is not told is found by the pick-up."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from celery import current_app
from django.db import transaction

CHECK_RANGE = "compliance.check_range"
COUNT_DOCUMENT = "compliance.count_document"
SPREAD = "compliance.spread_consequences"
DIVIDE_IMPORT = "compliance.divide_import"
DO_IMPORT_PART = "compliance.do_import_part"
WRITE_REPORT = "compliance.write_report"
PAUSE = 10.0
BACKLOG = 1_000

logger = logging.getLogger(__name__)


def announce_after_commit(key: int) -> None:
    """Announce one filing once the transaction at hand is committed; nothing that fails here fails the change."""
    _after_commit(CHECK_RANGE, key, key)


def announce_count_after_commit(sha256: str) -> None:
    """The same for bytes whose contents are to be counted."""
    _after_commit(COUNT_DOCUMENT, sha256)


def announce_spread_after_commit() -> None:
    """The same for a change on which other filings hang."""
    _after_commit(SPREAD)


def announce_import_after_commit(key: int) -> None:
    """The same for an import."""
    _after_commit(DIVIDE_IMPORT, key)


def announce_report_after_commit(key: int) -> None:
    """The same for a report that is to be written."""
    _after_commit(WRITE_REPORT, key)


def announce_count(sha256: str) -> None:
    """The same at once, where nothing is to be committed."""
    ANNOUNCER.announce(COUNT_DOCUMENT, sha256)


def _after_commit(task: str, *args: object) -> None:
    def announce() -> None:
        ANNOUNCER.announce(task, *args)

    # A function with a name of its own: Django names it in its log when it fails, and a partial has none.
    transaction.on_commit(announce, robust=True)


class Announcer:
    """
    Publishes from a thread of its own, so that nobody waits for a broker that refuses or hangs.

    After a failure it is silent for some seconds; what it drops is still marked due.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: ThreadPoolExecutor | None = None
        self._waiting = 0
        self._silent_until = 0.0

    def announce(self, task: str, *args: object) -> None:
        """Hand a task to the thread, unless the broker failed a moment ago or is far behind."""
        with self._lock:
            if time.monotonic() < self._silent_until or self._waiting >= BACKLOG:
                return
            self._thread = self._thread or ThreadPoolExecutor(1, "announcer")
            self._waiting += 1
            self._thread.submit(self._publish, task, args)

    def _publish(self, task: str, args: tuple[object, ...]) -> None:
        try:
            if time.monotonic() >= self._silent_until:
                publish(task, *args)
        except Exception as error:
            self._silent_until = time.monotonic() + PAUSE
            logger.warning("The broker takes no task (%s); the pick-up will find what is due.", error)
        finally:
            with self._lock:
                self._waiting -= 1


ANNOUNCER = Announcer()


def publish(task: str, *args: object) -> None:
    """Publish a task. A refusing or hanging broker costs some seconds, then raises."""
    with _connection() as connection:
        current_app.send_task(task, args=args, connection=connection, retry=False)


def _connection() -> Any:
    """A connection of its own with short time-outs; a pooled one may be stale after the broker was away."""
    options = {**current_app.conf.broker_transport_options, "socket_timeout": 1.0, "socket_connect_timeout": 1.0}
    return current_app.connection_for_write(transport_options=options)
