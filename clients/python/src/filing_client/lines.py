"""
Splitting a stream into lines at line feeds alone.

`httpx` and `str.splitlines` also split at U+2028 and others, which are allowed inside a value of a line of JSON.
"""

from __future__ import annotations

from collections.abc import Iterator


class Lines:
    """Splits chunks of bytes. A line keeps its end, so that all lines together are the stream as it was sent."""

    def __init__(self) -> None:
        self._rest = b""

    def of(self, chunk: bytes) -> Iterator[str]:
        """Yield the lines that a chunk completes."""
        *complete, self._rest = (self._rest + chunk).split(b"\n")
        for line in complete:
            yield f"{line.decode()}\n"

    def last(self) -> Iterator[str]:
        """Yield the last line, if it has no end."""
        if self._rest:
            yield self._rest.decode()
