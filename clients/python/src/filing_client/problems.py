"""What can go wrong with a request: a problem that the API reports (RFC 9457), or no usable answer at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from filing_client.answers import Answer, read


class RequestFailed(Exception):
    """The request had no good answer. All exceptions of the clients are of this class."""


class Unreachable(RequestFailed):
    """The server did not answer, or the connection was lost, also when it was tried again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason or "The connection was lost.")


class UnexpectedAnswer(RequestFailed):
    """The answer is not one of this API. The base URL probably leads elsewhere."""


class NotReady(RequestFailed, TimeoutError):
    """What was waited for has not happened in time."""


class WrongDigest(RequestFailed):
    """The downloaded bytes are not those of the address. They were not kept."""

    def __init__(self, expected: str, actual: str) -> None:
        super().__init__(f"Expected SHA-256 {expected}, received {actual}.")
        self.expected, self.actual = expected, actual


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Answer):
    """One error of a problem, with the JSON Pointer to its place; an empty pointer means the whole request."""

    pointer: str = ""
    code: str = ""
    message: str = ""

    def __str__(self) -> str:
        return f"{self.pointer}: {self.message}" if self.pointer else self.message


class ApiProblem(RequestFailed):
    """A problem that the API reported. `code` is for programs; `title`, `detail` and the errors are for people."""

    def __init__(self, status: int, raw: Mapping[str, Any]) -> None:
        self.status, self.raw = status, raw
        self.code = str(raw.get("code") or "")
        self.title = str(raw.get("title") or f"HTTP {status}")
        self.detail = str(raw.get("detail") or "")
        self.errors = tuple(read(Fault, error) for error in raw.get("errors") or ())
        self.request_id: str | None = raw.get("request_id")
        # What is there now, where the request was made for an earlier version (412).
        self.current: Mapping[str, Any] | None = raw.get("current")
        super().__init__(status, self.code)

    def __str__(self) -> str:
        heading = self.detail or self.title
        # A problem with a single error repeats its message as the detail.
        lines = [str(error) for error in self.errors if str(error) != heading]
        return "\n".join([heading, *lines])


class Malformed(ApiProblem):
    """The request or the dossier is not in the form that is described (400). Nothing was stored."""


class Unauthorized(ApiProblem):
    """The token is missing, unknown, expired or revoked (401)."""


class NotAllowed(ApiProblem):
    """Your role or the scope of the token does not allow this (403)."""


class NotFound(ApiProblem):
    """There is nothing at this address, or you may not see it (404)."""


class Conflict(ApiProblem):
    """The status does not allow this (409). Nothing was changed."""


class ChangedMeanwhile(ApiProblem):
    """Somebody else changed the dossier since it was read (412). `current` is what is there now."""


class Throttled(ApiProblem):
    """Too many requests in a short time (429), also when it was tried again."""


_KINDS: Mapping[int, type[ApiProblem]] = {
    400: Malformed,
    401: Unauthorized,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    412: ChangedMeanwhile,
    429: Throttled,
}


def problem_of(response: httpx.Response) -> ApiProblem:
    """Return the problem that a response reports. One of a proxy has no details, only a status."""
    raw = members_of(response) or {"title": f"HTTP {response.status_code} {response.reason_phrase}".strip()}
    return _KINDS.get(response.status_code, ApiProblem)(response.status_code, raw)


def members_of(response: httpx.Response) -> Mapping[str, Any]:
    """Return the members of a response that is a JSON object, and none for any other response."""
    try:
        raw = response.json()
    except ValueError:
        return {}
    return raw if isinstance(raw, dict) else {}


@contextmanager
def a_lost_connection_is_reported() -> Iterator[None]:
    """Raise Unreachable if the connection is lost while a streamed body is read."""
    try:
        yield
    except httpx.RequestError as error:
        raise Unreachable(str(error)) from error
