"""Entity tags and If-Match (RFC 9110 §13.1.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from drf_spectacular.utils import OpenApiParameter

_TAG = '(W/)?"[^"\\x00-\\x20]*"'
_SCHEMA = {"type": "string", "pattern": f"^(\\*|{_TAG}(, *{_TAG})*)$"}
_ADVICE = "The ETag that GET returned: the request is refused (412) if the resource has changed since."
IF_MATCH = OpenApiParameter("If-Match", _SCHEMA, OpenApiParameter.HEADER, description=_ADVICE)
IF_MATCH_REQUIRED = OpenApiParameter("If-Match", _SCHEMA, OpenApiParameter.HEADER, description=_ADVICE, required=True)
_STRONG = re.compile(r'(?:^|[\s,])"([^"]*)"')


def quoted(tag: str) -> str:
    return f'"{tag}"'


def expected_version(headers: Mapping[str, str]) -> frozenset[str] | None:
    """Return the hashes listed in If-Match; None if the header is missing or `*`. Weak tags never match."""
    header = headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    return frozenset(tag.partition(".")[0] for tag in _STRONG.findall(header))
