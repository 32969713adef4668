"""
Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a POST that is sent again with its key is answered as before.

The answer is stored in the transaction of what the request changed. So either both are there, whenever the process ends,
or neither is, and the request can be handled anew. Only successful answers are stored: a refused request changed nothing.
"""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.problems import Problem
from registry.models import KeptAnswer

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
KEPT_FOR = timedelta(hours=24)
_FORM = re.compile("[\x21-\x7e]{1,255}")
_HEADERS = ("Location", "ETag", "Cache-Control")


def once(
    request: Request, digest_of_body: Callable[[], str], handle: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """
    Handle a request with a key at most once. Raises a Problem: `bad_key`, `key_reused`, `in_progress`.

    The body is received before the transaction begins, which must not wait for a slow client.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return handle()
    if not _FORM.fullmatch(key):
        message = _("Use up to 255 printable characters without spaces, such as a UUID.")
        raise Problem.at("", 400, "bad_key", _("Bad request"), f"{HEADER}: {message}")
    line = f"{request.method} {request.get_full_path()}\n{digest_of_body()}"
    fingerprint = hashlib.sha256(line.encode()).hexdigest()
    with transaction.atomic():
        hashed = hashlib.sha256(key.encode()).hexdigest()
        _lock(request, hashed)
        recent = KeptAnswer.objects.filter(at__gt=timezone.now() - KEPT_FOR)
        kept = recent.filter(user_id=request.user.pk, key=hashed).first()
        if kept is None:
            return _kept(request, hashed, fingerprint, handle(), _cipher(key))
        if kept.fingerprint != fingerprint:
            raise _key_reused()
        return _again(kept, _cipher(key))


def _cipher(key: str) -> Fernet:
    """Return the cipher of an answer, which may hold a new token. Its key is not stored: the client sends it again."""
    digest = hashlib.sha256(f"{settings.SECRET_KEY} {key}".encode()).digest()
    return Fernet(urlsafe_b64encode(digest))


def _lock(request: Request, key: str) -> None:
    """Refuse a key whose first request is still being handled. SQLite has one writer: there, the second request waits."""
    if connection.vendor != "postgresql":
        return
    number = int.from_bytes(hashlib.sha256(f"{request.user.pk} {key}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        (is_locked,) = cursor.fetchone()
    if not is_locked:
        raise Problem(
            409,
            "in_progress",
            _("The same request is being handled"),
            _("The first request with this Idempotency-Key is not answered yet. Send it again in a few seconds."),
            headers={"Retry-After": "2"},
        )


def _kept(request: Request, key: str, fingerprint: str, answer: HttpResponseBase, cipher: Fernet) -> HttpResponseBase:
    """Store an answer, and return it."""
    # The answer of a view is rendered after it returns, and gets its media type then.
    is_rendered = not isinstance(answer, Response)
    body = answer.content if is_rendered else JSONRenderer().render(answer.data)
    names = (*_HEADERS, *(("Content-Type",) if is_rendered else ()))
    headers = {name: answer.headers[name] for name in names if name in answer.headers}
    values = {
        "fingerprint": fingerprint,
        "status": answer.status_code,
        "headers": headers,
        "body": cipher.encrypt(body).decode(),
    }
    KeptAnswer.objects.update_or_create(user_id=request.user.pk, key=key, defaults={**values, "at": timezone.now()})
    return answer


def _again(kept: KeptAnswer, cipher: Fernet) -> HttpResponse:
    return HttpResponse(
        cipher.decrypt(kept.body.encode()),
        status=kept.status,
        headers={"Content-Type": "application/json", **kept.headers, REPLAYED: "true"},
    )


def _key_reused() -> Problem:
    message = _("This Idempotency-Key was sent with another request before. Use a new key for a new request.")
    return Problem(422, "key_reused", _("Idempotency key already used"), message)


def forget_old_answers() -> Any:
    """Delete the answers that are no longer given again."""
    return KeptAnswer.objects.filter(at__lte=timezone.now() - KEPT_FOR).delete()[0]
