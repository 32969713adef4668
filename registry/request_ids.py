"""The id of a request: in its answer, in problem details, and in every line that is logged while it is handled."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase

HEADER = "X-Request-Id"
_FORM = re.compile("[0-9A-Za-z_.-]{1,64}")
_current: ContextVar[str] = ContextVar("request_id", default="-")
_case: ContextVar[str] = ContextVar("case", default="-")


def current_request_id() -> str:
    """Return the id of the request that is being handled, or `-`."""
    return _current.get()


def current_case() -> str:
    """Return the case number of the filing that the request changes, or `-`."""
    return _case.get()


def note_case(case_number: str) -> None:
    """Remember which case a request changes, for the log."""
    if _current.get() != "-":
        _case.set(case_number)


class RequestIds:
    """Middleware: take the id that the client gives, or make one; return it in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        token = _current.set(given if _FORM.fullmatch(given) else uuid.uuid4().hex)
        case = _case.set("-")
        try:
            response = self.get_response(request)
            response.headers[HEADER] = _current.get()
            return response
        finally:
            _current.reset(token)
            _case.reset(case)
