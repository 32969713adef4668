"""The scheduler of beat, which says that beat is alive even when no task reaches a worker."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery.beat import PersistentScheduler
from django.db import Error, close_old_connections

from compliance.watch.heartbeats import EVERY, note_alive
from compliance.watch.models import Part

logger = logging.getLogger(__name__)


class WatchedScheduler(PersistentScheduler):
    """Celery's own scheduler with a heartbeat."""

    _noted = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() - self._noted > EVERY.total_seconds():
            self._noted = time.monotonic()
            _note()
        return super().tick(*args, **kwargs)


def _note() -> None:
    try:
        note_alive(Part.BEAT)
    except Error as error:
        logger.warning("The heartbeat of beat was not stored: %s", error)
    finally:
        close_old_connections()
