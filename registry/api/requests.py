"""What all endpoints of the API share: pagination, filters and content negotiation."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAcceptable, NotFound
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.problems import Problem
from registry.models import User

_KEY = re.compile(r"[0-9]{1,18}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class CursorPages(CursorPagination):
    """Cursor pagination, newest first: no row is skipped or repeated while others are added."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-id"

    def decode_cursor(self, request: Request) -> Any:
        """Decode the cursor. Raises NotFound for a cursor that was tampered with."""
        cursor = super().decode_cursor(request)
        if cursor and cursor.position is not None and not _KEY.fullmatch(cursor.position):
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def get_page_size(self, request: Request) -> int:
        """Return the page size, limited to the maximum. Raises a Problem (400) if it is not a positive number."""
        size = request.query_params.get(self.page_size_query_param, str(self.page_size))
        if not _KEY.fullmatch(size) or int(size) == 0:
            raise bad_query("page_size", _("Use a number from 1 to %(most)s.") % {"most": self.max_page_size})
        return min(int(size), self.max_page_size)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data})


class AlwaysJsonNegotiation(DefaultContentNegotiation):
    """Respond with JSON even if the client does not accept it, so that it can read problem details."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            return renderers[0], renderers[0].media_type


def bad_query(name: str, message: str) -> Problem:
    """Return a Problem (400) for an invalid query parameter."""
    return Problem.at("", 400, f"bad_{name}", _("Bad request"), f"{name}: {message}")


def user_of(request: Request) -> User:
    user = request.user
    assert isinstance(user, User)
    return user


def choice_param(request: Request, name: str, choices: Collection[str]) -> str | None:
    """Return a query parameter that must be one of some codes; None if it is not given."""
    code = request.query_params.get(name)
    if code is not None and code not in choices:
        raise bad_query(name, _("Choose one of: %(choices)s.") % {"choices": ", ".join(choices)})
    return code


def uuid_param(request: Request, name: str) -> UUID | None:
    """Return a query parameter that must be an id; None if it is not given."""
    text = request.query_params.get(name)
    try:
        return UUID(text) if text is not None else None
    except ValueError as error:
        raise bad_query(
            name, _("Use an id as returned by the API, such as 01a207c9-eecd-7c77-9eb0-e7d353627d5f.")
        ) from error


def pattern_param(request: Request, name: str, pattern: str, message: str) -> str | None:
    """Return a query parameter that must match a pattern; None if it is not given."""
    text = request.query_params.get(name)
    if text is not None and not re.fullmatch(pattern, text):
        raise bad_query(name, message)
    return text


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    """Refuse unknown filters: ignoring a misspelled one would return too many rows."""
    for name in request.query_params:
        if name not in known:
            names = ", ".join(sorted(known))
            raise bad_query(name, _("Unknown filter. Available filters: %(names)s.") % {"names": names})


def day_in(text: str) -> date | None:
    """Parse YYYY-MM-DD. Returns None if it is not a valid date."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
