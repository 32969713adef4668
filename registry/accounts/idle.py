"""Sessions that nobody uses end."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

USED_AT = "used_at"
# A session is written at most once in so many seconds only because it is used.
PRECISION = 60


class EndIdleSessions:
    """Middleware: sign out whoever has not asked for a page for `SESSION_IDLE_MINUTES` (0: never)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_IDLE_MINUTES and settings.SESSION_COOKIE_NAME in request.COOKIES:
            self._look_at(request)
        return self.get_response(request)

    def _look_at(self, request: HttpRequest) -> None:
        now, used_at = int(time.time()), request.session.get(USED_AT)
        if used_at is not None and now - used_at > settings.SESSION_IDLE_MINUTES * 60:
            was_signed_in = request.user.is_authenticated
            logout(request)
            if was_signed_in:
                minutes = settings.SESSION_IDLE_MINUTES
                text = _("You were signed out, because you had not used the registry for %(minutes)s minutes.")
                messages.info(request, text % {"minutes": minutes})
        elif request.session.session_key and (used_at is None or now - used_at > PRECISION):
            request.session[USED_AT] = now
