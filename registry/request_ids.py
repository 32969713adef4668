"""The id of a request: in its answer, in problem details, and in every line that is logged while it is handled."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase

HEADER = "X-Request-Id"
_FORM = re.compile("[0-9A-Za-z_.-]{1,64}")
_current: ContextVar[str] = ContextVar("request_id", default="-")


def current_request_id() -> str:
    """Return the id of the request that is being handled, or `-`."""
    return _current.get()


class RequestIds:
    """Middleware: take the id that the client gives, or make one; return it in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        token = _current.set(given if _FORM.fullmatch(given) else uuid.uuid4().hex)
        try:
            response = self.get_response(request)
            response.headers[HEADER] = _current.get()
            return response
        finally:
            _current.reset(token)


class WithRequestId(logging.Filter):
    """Adds the id of the request to each line of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _current.get()
        return True
