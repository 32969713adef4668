"""What all pages of the public register share: they are throttled by address and may be kept by browsers for a short time."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from registry.api.throttling import address_of, count

View = Callable[..., HttpResponseBase]


def public(seconds: int = 60) -> Callable[[View], View]:
    """Answer GET and HEAD only, refuse an address that asks too often, and let browsers keep the answer for so many seconds."""

    def decorate(view: View) -> View:
        @require_safe
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            allowance = count("address", address_of(request))
            if allowance.is_exceeded:
                refusal = render(request, "429.html", status=429)
                refusal.headers["Retry-After"] = str(allowance.reset)
                return refusal
            response = view(request, *args, **kwargs)
            if response.status_code == 200 and not response.has_header("Cache-Control"):
                patch_cache_control(response, private=True, max_age=seconds)
            return response

        return limited

    return decorate
