"""Ranges of a download (RFC 9110 §14): a broken download goes on where it stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from registry.api.problems import Problem

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_CHUNK = 64 * 1024
RANGE = OpenApiParameter(
    "Range",
    {"type": "string"},
    OpenApiParameter.HEADER,
    description="One range of bytes, such as `bytes=1000-`. Other units and several ranges are ignored.",
)
IF_RANGE = OpenApiParameter(
    "If-Range",
    {"type": "string"},
    OpenApiParameter.HEADER,
    description="The ETag of what you have already: with another one, the whole document is sent.",
)


def requested_range(request: Request, size: int, etag: str) -> tuple[int, int] | None:
    """
    Return the first byte and the one after the last of the requested range; None for the whole. Raises a Problem (416) if the
    document is shorter.
    """
    match = _ONE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or match[0] == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match[1], match[2]
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
    if first and last and int(last) < int(first):
        return None
    if start >= end:
        raise _unsatisfiable(size)
    return start, end


def _unsatisfiable(size: int) -> Problem:

    message = _("The document has %(size)s bytes. Ask for a range within it.") % {"size": size}
    return Problem(
        416, "range_not_satisfiable", _("Range not satisfiable"), message, headers={"Content-Range": f"bytes */{size}"}
    )


def part_of(file: IO[bytes], start: int, end: int, size: int, headers: dict[str, str]) -> HttpResponseBase:
    """Return the answer (206) with a part of a file, which is closed after it."""
    file.seek(start)
    answer = StreamingHttpResponse(_read(file, end - start), status=206, headers=headers)
    answer["Content-Range"], answer["Content-Length"] = f"bytes {start}-{end - 1}/{size}", str(end - start)
    answer._resource_closers.append(file.close)  # type: ignore[attr-defined]
    return answer


def _read(file: IO[bytes], count: int) -> Iterator[bytes]:
    while count > 0 and (chunk := file.read(min(_CHUNK, count))):
        count -= len(chunk)
        yield chunk
