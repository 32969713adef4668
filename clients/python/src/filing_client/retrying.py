"""When a request is sent again, and after how long."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any

import httpx

from filing_client.call import Attempt, Call, Outcome, Pause, Steps, T
from filing_client.problems import UnexpectedAnswer, Unreachable, members_of, problem_of

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
# A server that asks for more patience than this is reported at once, so that no program hangs.
LONGEST_RETRY_AFTER = 120.0
_PASSING = frozenset({429, 502, 503, 504})
# After these, the server has not handled the request.
_NOT_HANDLED = frozenset({429, 503})
_LOST = (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError, httpx.ProxyError)
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def attempts(call: Call[T], retries: int) -> Steps[T]:
    """Send a call until it has an answer that will not pass by itself, and read that answer."""
    for number in count():
        outcome: Outcome = yield Attempt(call)
        pause = pause_before_another(call, outcome, number) if number < retries else None
        if pause is None:
            return _answer(call, outcome)
        yield Pause(pause)
    raise AssertionError("count() does not end")


def pause_before_another(call: Call[Any], outcome: Outcome, number: int) -> float | None:
    """Return the seconds to wait before another attempt; None if there should be none."""
    if isinstance(outcome, httpx.RequestError):
        return _growing_pause(number) if _is_safe_after(call, outcome) else None
    if not _passes_by_itself(call, outcome):
        return None
    seconds = retry_after(outcome)
    return max(seconds, _growing_pause(number)) if seconds <= LONGEST_RETRY_AFTER else None


def retry_after(response: httpx.Response) -> float:
    """Return the seconds of Retry-After, which may also be a date; 0 without it."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _growing_pause(number: int) -> float:
    """Return a pause that doubles with each attempt. Chance spreads the clients that failed at the same moment."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(number, 16))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311  (no secret)


def _is_safe_after(call: Call[Any], error: httpx.RequestError) -> bool:
    return isinstance(error, _NEVER_SENT) or (call.is_repeatable and isinstance(error, _LOST))


def _passes_by_itself(call: Call[Any], response: httpx.Response) -> bool:
    if response.status_code == 409:
        return members_of(response).get("code") == "in_progress"
    return response.status_code in (_PASSING if call.is_repeatable else _NOT_HANDLED)


def _answer(call: Call[T], outcome: Outcome) -> T:
    if isinstance(outcome, httpx.RequestError):
        raise Unreachable(str(outcome)) from outcome
    if not outcome.is_success:
        raise problem_of(outcome)
    try:
        return call.read(outcome)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnexpectedAnswer(f"{call.method} {outcome.url} has an answer of an unexpected form: {error}") from error
