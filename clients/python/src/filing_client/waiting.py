"""Asking again until something has happened."""

from __future__ import annotations

import time
from collections.abc import Callable

from filing_client.call import Call, Pause, Steps, T
from filing_client.problems import NotReady


def until(call: Call[T], is_done: Callable[[T], bool], *, timeout: float, every: float, awaited: str) -> Steps[T]:
    """Repeat a GET until its answer is final. Raises NotReady after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        answer = yield from call
        if is_done(answer):
            return answer
        if time.monotonic() + every > deadline:
            raise NotReady(f"{awaited} has not finished within {timeout:g} seconds. It goes on; ask again later.")
        yield Pause(every)
