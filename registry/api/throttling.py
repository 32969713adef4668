"""
Throttling: how many requests a token and an address may send in a minute, and how many unknown tokens an address may try.

The counts are kept in Redis, which all processes share, and in the memory of the process while Redis does not answer.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from functools import cache

import redis
from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage, Storage

# After a failure of Redis, the memory of the process is used for so long.
PAUSE_SECONDS = 10.0
# A process takes a three-hundredth of a limit at a time; what it does not use is lost to the others for the rest of the window.
BLOCKS = 300
MOST_BLOCKS = 10_000
logger = logging.getLogger(__name__)
# The storage imports the client when it is first needed, and threads that need it at the same moment find half a module.
assert redis


@dataclass(frozen=True)
class Allowance:
    """What is left of a limit: the number of requests, and the seconds until it is whole again."""

    limit: int
    remaining: int
    reset: int
    is_exceeded: bool

    @property
    def headers(self) -> dict[str, str]:
        """The header fields that tell the client."""
        values = {"Limit": self.limit, "Remaining": self.remaining, "Reset": self.reset}
        return {f"RateLimit-{name}": str(value) for name, value in values.items()}


class _Counter:
    """Counts with Redis, and with the memory of the process while it fails."""

    def __init__(self, url: str) -> None:
        self.memory: Storage = MemoryStorage()
        self.shared = _redis(url) if url else None
        self.pause_until = 0.0
        self.lock = threading.Lock()
        self.blocks: dict[str, tuple[int, int]] = {}

    def count(self, item: RateLimitItem, who: str) -> Allowance:
        """Count a request in the window of the clock at hand."""
        now, length = time.time(), item.get_expiry()
        window = int(now // length)
        number = self._number(item.key_for(who, str(window)), item)
        reset = max(1, round((window + 1) * length - now))
        return Allowance(item.amount, max(0, item.amount - number), reset, number > item.amount)

    def _number(self, key: str, item: RateLimitItem) -> int:
        """Return the number of a request. Numbers are taken from Redis in blocks, so that it is asked for few requests only."""
        with self.lock:
            following, end = self.blocks.get(key, (1, 0))
            if following > end:
                size = max(1, item.amount // BLOCKS)
                end = self._taken(key, item, size)
                following = end - size + 1
                if len(self.blocks) >= MOST_BLOCKS:
                    self.blocks.clear()
            self.blocks[key] = (following + 1, end)
            return following

    def _taken(self, key: str, item: RateLimitItem, size: int) -> int:
        """Take a block of numbers and return the last of them."""
        if self.shared and time.monotonic() >= self.pause_until:
            try:
                return int(self.shared.incr(key, item.get_expiry(), amount=size))
            except Exception as error:
                # Whatever Redis says, it must not keep a request from its answer.
                self.pause_until = time.monotonic() + PAUSE_SECONDS
                logger.warning("Requests are counted in each process by itself: %s", error)
        return self.memory.incr(key, item.get_expiry(), amount=size)


def _redis(url: str) -> Storage:
    return RedisStorage(
        url, socket_connect_timeout=0.2, socket_timeout=0.2, key_prefix=f"{settings.REDIS_KEY_PREFIX}rate"
    )


@cache
def _counter() -> _Counter:
    return _Counter(settings.RATE_LIMIT_STORAGE)


@cache
def _limit(kind: str) -> RateLimitItem:
    return parse(settings.RATE_LIMITS[kind])


def count(kind: str, who: str) -> Allowance:
    """Count a request against the limit of a kind: `token`, `address` or `failed`."""
    return _counter().count(_limit(kind), f"{kind}:{who}")


def address_of(request: HttpRequest) -> str:
    """Return the address of the client. Behind proxies, their number says which one of X-Forwarded-For was not invented."""
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if settings.PROXIES and len(forwarded) >= settings.PROXIES:
        return forwarded[-settings.PROXIES][:64]
    return str(request.META.get("REMOTE_ADDR", ""))
