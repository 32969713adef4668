"""Keys in parts that a statement takes; SQLite takes some ten thousand variables."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar

AT_ONCE = 5_000
Key = TypeVar("Key", int, str)


def batches(keys: Collection[Key], at_once: int = AT_ONCE) -> Iterator[list[Key]]:
    """Yield the keys in ascending order, at most so many together."""
    ordered = sorted(keys)
    yield from (ordered[start : start + at_once] for start in range(0, len(ordered), at_once))
