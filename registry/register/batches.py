"""Splitting keys into batches that fit into one SQL statement: SQLite limits the number of its variables."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar

BATCH_SIZE = 5_000
Key = TypeVar("Key", int, str)


def batches(keys: Collection[Key], size: int = BATCH_SIZE) -> Iterator[list[Key]]:
    """Yield the keys in ascending order, in batches of at most `size`."""
    ordered = sorted(keys)
    yield from (ordered[start : start + size] for start in range(0, len(ordered), size))
