"""Bodies that are read as they come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser
from rest_framework.request import Request

_CHUNK = 64 * 1024


class StreamParser(BaseParser):
    """Pass the body on as a stream, whatever its media type: what it is, is detected from its content."""

    media_type = "*/*"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> IO[bytes]:
        return stream


def chunks_of(request: Request) -> Iterator[bytes]:
    """Yield the body of a request in chunks."""
    stream = request.stream
    while stream is not None and (chunk := stream.read(_CHUNK)):
        yield chunk
