"""The devices on which people sign in; a new one is told to them by mail."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from registry.models import SignInDevice, User

COOKIE = "device"
_KEPT_SECONDS = 400 * 24 * 3600


class RecognizeDevices:
    """Middleware: give a browser in which somebody signed in a cookie, by which it is recognized."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if new := getattr(request, "new_device", ""):
            response.set_cookie(  # type: ignore[attr-defined]
                COOKIE, new, max_age=_KEPT_SECONDS, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
            )
        return response


@receiver(user_logged_in)
def _remember(request: HttpRequest | None, user: User, **_more: Any) -> None:
    if request is None or not hasattr(request, "COOKIES"):
        return
    mark = request.COOKIES.get(COOKIE) or secrets.token_urlsafe(24)
    adapter = get_adapter(request)
    browser = adapter.get_http_user_agent(request)[:300] if request.headers.get("User-Agent") else ""
    used = {"browser": browser, "address": adapter.get_client_ip(request), "last_used_at": timezone.now()}
    is_first = not SignInDevice.objects.filter(user=user).exists()
    _device, is_new = SignInDevice.objects.update_or_create(user=user, mark=_hash(mark), defaults=used)
    request.new_device = mark  # type: ignore[attr-defined]
    if is_new and not is_first:
        adapter.send_notification_mail("account/email/new_device", user, {"device": _device})


def _hash(mark: str) -> str:
    return hashlib.sha256(mark.encode()).hexdigest()
