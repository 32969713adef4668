"""Who acts at the moment: the person of the request that is being handled, or the command."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import LazyObject, empty

THE_REGISTRY = "registry"
_request: ContextVar[HttpRequest | None] = ContextVar("acting_request", default=None)


class ActingPerson:
    """Middleware: remember the request, so that a change made while it is handled is signed by its person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(token)


def known_person() -> str:
    """Return the user name of the person of the request if it was read already, else `-`. For the log: asks no database."""
    request = _request.get()
    held = vars(request) if request is not None else {}
    user = held.get("_cached_user") or held.get("user")
    # A lazy user that nobody asked for yet is read by looking at it.
    is_lazy = isinstance(user, LazyObject) and user.__dict__["_wrapped"] is empty
    return "-" if user is None or is_lazy else str(getattr(user, "username", "")) or "-"


def acting() -> str:
    """Return the user name of the person of the request, or what else acts: a command, or the registry itself."""
    request = _request.get()
    if request is not None:
        user = getattr(request, "user", None)
        return user.get_username() if user is not None and user.is_authenticated else THE_REGISTRY
    is_command = Path(sys.argv[0]).name == "manage.py" and len(sys.argv) > 1
    return f"manage.py {sys.argv[1]}"[:150] if is_command else THE_REGISTRY
