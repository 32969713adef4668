"""Content-Digest (RFC 9530): what arrived is what was sent."""

from __future__ import annotations

import base64
import binascii
import re

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from compliance.documents.uploads import Incoming
from registry.api.problems import Problem

HEADER = "Content-Digest"
_SHA256 = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]*):")
CONTENT_DIGEST = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$"},
    OpenApiParameter.HEADER,
    description="The SHA-256 of the body (RFC 9530). A body with another one is refused (422).",
)


def digest_header(sha256: str) -> str:
    """Return the value of Content-Digest for a SHA-256 in hexadecimal."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"


def checked(request: Request, file: Incoming) -> Incoming:
    """Return a file that arrived as its Content-Digest says, if there is one. Raises a Problem: `bad_digest`, `digest_mismatch`."""
    given = request.headers.get(HEADER)
    if given is None:
        return file
    match = _SHA256.search(given)
    try:
        expected = base64.b64decode(match[1], validate=True) if match else b""
    except binascii.Error:
        expected = b""
    if len(expected) != 32:
        file.content.close()
        message = _("Use sha-256=:…: with the SHA-256 of the body in Base64.")
        raise Problem.at("", 400, "bad_digest", _("Bad request"), f"{HEADER}: {message}")
    if expected.hex() != file.sha256:
        file.content.close()
        message = _(
            "The body arrived with the SHA-256 %(found)s, which is not the one in Content-Digest. Send it again."
        )
        raise Problem(422, "digest_mismatch", _("Body damaged"), message % {"found": file.sha256})
    return file
