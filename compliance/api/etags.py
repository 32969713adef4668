"""Entity tags as If-Match gives them (RFC 9110 §13.1.1); weak ones never match."""

from __future__ import annotations

import re

_STRONG = re.compile(r'(?:^|[\s,])"([^"]*)"')


def etags_of(header: str) -> set[str]:
    """Return the strong entity tags of an If-Match header, without their quotes."""
    return set(_STRONG.findall(header))
