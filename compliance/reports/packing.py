"""Rows as JSON lines, packed in compressed parts; the hash of a report is taken over them. Pure."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC
from itertools import islice

import msgspec

from compliance.reports.periods import Period
from compliance.reports.scopes import Row

ROWS_OF_A_PART = 2_000
_ENCODER = msgspec.json.Encoder(order=None)
_DECODER = msgspec.json.Decoder()


def packed(lines: list[bytes]) -> bytes:
    return zlib.compress(b"\n".join(lines), level=1)


def unpacked(part: bytes) -> Iterator[Row]:
    for line in zlib.decompress(part).split(b"\n"):
        yield _DECODER.decode(line)


class Digest:
    """The hash of a report: of its name, its period, its parameters and its rows."""

    def __init__(self, report: str, period: Period, parameters: dict[str, str]) -> None:
        head = {
            "report": report,
            "begins_at": period.begins_at.astimezone(UTC).isoformat(),
            "ends_at": period.ends_at.astimezone(UTC).isoformat(),
            "parameters": dict(sorted(parameters.items())),
        }
        self._hash = hashlib.sha256(_ENCODER.encode(head))

    def add(self, line: bytes) -> None:
        self._hash.update(b"\n")
        self._hash.update(line)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def parts_of(rows: Iterable[Row], digest: Digest) -> Iterator[tuple[int, bytes]]:
    """Yield the rows in parts, each with its number of rows; add each row to the digest."""
    waiting = iter(rows)
    while lines := [_ENCODER.encode(row) for row in islice(waiting, ROWS_OF_A_PART)]:
        for line in lines:
            digest.add(line)
        yield len(lines), packed(lines)
