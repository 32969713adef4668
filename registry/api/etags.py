"""Entity tags and If-Match (RFC 9110 §13.1.1)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from registry.api.problems import Problem

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


@contextmanager
def one_at_a_time(resource: str) -> Iterator[None]:
    """
    A transaction in which nobody else compares and changes the same resource. It takes no row lock, whose order belongs to the
    actions; SQLite has one writer at a time anyway.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            number = int.from_bytes(hashlib.sha256(resource.encode()).digest()[:8], signed=True)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
        yield


def etag_of(data: Any) -> str:
    """Return a hash of the JSON of a resource: its version."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, cls=JSONRenderer.encoder_class)
    return hashlib.sha256(text.encode()).hexdigest()


def refuse_other_version(request: Request, data: Any) -> None:
    """Raise a Problem (412) with what is there now, if If-Match is given and does not contain its version."""
    expected, current = expected_version(request.headers), etag_of(data)
    if expected is None or current in expected:
        return
    message = _(
        "It changed after you read it. Compare `current` with your version, then send it again with the ETag of `current`."
    )
    raise Problem(
        412,
        "changed_meanwhile",
        _("Changed by someone else"),
        message,
        more={"current": {"etag": quoted(current), **json.loads(JSONRenderer().render(data))}},
        headers={"ETag": quoted(current)},
    )
