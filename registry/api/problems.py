"""Errors of the API as problem details (RFC 9457), in the language of the request."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

from registry.api.throttling import Allowance
from registry.request_ids import current_request_id

MEDIA_TYPE = "application/problem+json"

logger = logging.getLogger(__name__)


class Problem(exceptions.APIException):
    """
    An exception that is returned as problem details. `code` is for programs, `title` and `detail` are for people.

    `errors` are `{"pointer", "code", "message"}`. `more` contains further members, `headers` further response headers.
    """

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        *,
        errors: Iterable[dict[str, str]] = (),
        more: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail, code)
        self.status_code = status
        self.title, self.text, self.code = title, detail, code
        self.errors, self.more, self.headers = list(errors), more or {}, headers or {}

    @classmethod
    def at(cls, pointer: str, status: int, code: str, title: str, message: str) -> Problem:
        """Return a problem with a single error, whose message is also the detail."""
        return cls(status, code, title, message, errors=[{"pointer": pointer, "code": code, "message": message}])


class BodyTooLarge(Problem):
    """The request body exceeds the size limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "too_large",
            _("Request body too large"),
            _(
                "The request body is larger than %(limit)s bytes. Upload long texts as documents instead of "
                "including them in the dossier."
            )
            % {"limit": limit},
        )


def refuse_if_too_many(allowance: Allowance) -> None:
    """Raise a Problem (429) if a limit is exceeded."""
    if allowance.is_exceeded:
        message = _("Too many requests in a short time. Try again in %(seconds)s seconds.") % {
            "seconds": allowance.reset
        }
        headers = {"Retry-After": str(allowance.reset), **allowance.headers}
        raise Problem(429, "throttled", str(_TITLES[429]), message, headers=headers)


_TITLES = {
    400: gettext_lazy("Bad request"),
    401: gettext_lazy("Authentication required"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("Method not allowed"),
    406: gettext_lazy("Not acceptable"),
    415: gettext_lazy("Unsupported media type"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Internal error"),
    503: gettext_lazy("Temporarily unavailable"),
}
_DETAILS = {
    exceptions.NotAuthenticated: gettext_lazy(
        "Send a token in the header “Authorization: Bearer …”. Create one on the page “API tokens” of the desk, or ask an "
        "administrator for one."
    ),
    exceptions.UnsupportedMediaType: gettext_lazy(
        "Send the body as JSON, with the header “Content-Type: application/json”."
    ),
    exceptions.NotAcceptable: gettext_lazy("Responses are JSON. Accept “application/json”."),
}


def as_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response for an exception of a view; None for an internal error, which the server logs."""
    if isinstance(error, Http404):
        error = exceptions.NotFound(_("There is nothing at this address, or you are not allowed to see it."))
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if is_away(error):
        logger.exception("The database does not answer.")
        error = _database_away()
    if not isinstance(error, exceptions.APIException):
        return None
    return _answer(error, context["request"].get_full_path())


def is_away(error: BaseException | None) -> bool:
    """
    Whether the server of the database, or a lock, is what is missing, so that the same request can succeed soon. By SQLSTATE: 08
    connection, 40 rollback, 55P03 lock, 57P01 to 03 shutdown; a connection that is lost has none.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    if connection.vendor != "postgresql":
        return "locked" in str(error)
    state = getattr(error.__cause__, "sqlstate", None)
    if state is None:
        return "cursor" not in str(error)
    return bool(state.startswith(("08", "40", "57P0")) or state == "55P03")


SECONDS_AWAY = "3"


def _database_away() -> Problem:
    message = _("The database does not answer. Send the same request again in a few seconds, with its Idempotency-Key.")
    return Problem(503, "unavailable", str(_TITLES[503]), message, headers={"Retry-After": SECONDS_AWAY})


def _answer(error: exceptions.APIException, instance: str) -> Response:
    if isinstance(error, Problem):
        body = problem(error.status_code, error.code, error.title, error.text, instance, error.errors)
        return Response(body | error.more, status=error.status_code, headers=error.headers, content_type=MEDIA_TYPE)
    status = error.status_code
    detail = next((text for kind, text in _DETAILS.items() if isinstance(error, kind)), error.detail)
    body = problem(status, _code_of(error), str(_TITLES.get(status, HTTPStatus(status).phrase)), str(detail), instance)
    return Response(body, status=status, headers=_headers_of(error), content_type=MEDIA_TYPE)


def _code_of(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else str(error.default_code)


def _headers_of(error: exceptions.APIException) -> dict[str, str]:
    challenge = getattr(error, "auth_header", None)
    return {"WWW-Authenticate": challenge} if challenge else {}


def problem(
    status: int, code: str, title: str, detail: str, instance: str, errors: Iterable[dict[str, str]] = ()
) -> dict[str, Any]:
    """Return problem details as in RFC 9457. `type` is a URN made from the code."""
    return {
        "type": f"urn:problem:{code}",
        "title": title,
        "status": int(status),
        "code": code,
        "detail": detail,
        "instance": instance,
        "request_id": current_request_id(),
        "errors": list(errors),
    }


def is_api_request(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest) -> HttpResponse:
    """Respond to an invalid request, such as one for an unknown host."""
    detail = _("The request is invalid. Check its URL, host and headers.")
    return _json(request, 400, "bad_request", detail)


def not_found(request: HttpRequest) -> HttpResponse:
    """Respond to an unknown URL of the API."""
    detail = _("There is nothing at this address, or you are not allowed to see it.")
    return _json(request, 404, "not_found", detail)


def failed(request: HttpRequest) -> HttpResponse:
    """Respond to an internal error of the API."""
    detail = _("An internal error occurred and was logged. Nothing was changed. Try again in a minute.")
    return _json(request, 500, "error", detail)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Respond to a request of the API that met a database that was away before the view was reached."""
    return _json(request, 503, "unavailable", _database_away().text)


def _json(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    body = problem(status, code, str(_TITLES[status]), detail, request.get_full_path())
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})
