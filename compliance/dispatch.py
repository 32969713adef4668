"""Telling the workers that something is due. A help, not a duty: what is not told is found by the pick-up."""

from __future__ import annotations

import logging
import time
from functools import partial

from celery import current_app
from django.db import transaction

CHECK_RANGE = "compliance.check_range"
PAUSE = 10.0

logger = logging.getLogger(__name__)
_silent_until = 0.0


def announce_after_commit(key: int) -> None:
    """Announce one filing once the transaction at hand is committed; nothing that fails here fails the change."""
    transaction.on_commit(partial(announce, key, key), robust=True)


def announce(first: int, last: int) -> bool:
    """
    Publish a check of a key range and say whether it was published.

    A broker that refuses or hangs costs one time-out of about a second; then nothing is published for some seconds,
    so that not every caller waits for it in turn.
    """
    global _silent_until
    if time.monotonic() < _silent_until:
        return False
    try:
        _publish(first, last)
    except Exception as error:
        _silent_until = time.monotonic() + PAUSE
        logger.warning("The broker takes no task (%s); the pick-up will find what is due.", error)
        return False
    return True


def _publish(first: int, last: int) -> None:
    with _connection() as connection:
        current_app.send_task(CHECK_RANGE, args=(first, last), connection=connection, retry=False)


def _connection():
    options = {**current_app.conf.broker_transport_options, "socket_timeout": 1.0, "socket_connect_timeout": 1.0}
    return current_app.connection_for_write(transport_options=options)
