"""What every endpoint of the API shares: how lists are paged and filtered, and what a client accepts."""

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
    """Pages that neither skip nor repeat a row while others are added; the newest first."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-id"

    def decode_cursor(self, request: Request) -> Any:
        """Read the cursor; one that was tampered with leads nowhere."""
        cursor = super().decode_cursor(request)
        if cursor and cursor.position is not None and not _KEY.fullmatch(cursor.position):
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def get_page_size(self, request: Request) -> int:
        """Read the size of a page; more than the most is the most."""
        asked = request.query_params.get(self.page_size_query_param, str(self.page_size))
        if not _KEY.fullmatch(asked) or int(asked) == 0:
            raise bad_query("page_size", _("Give a number from 1 to %(most)s.") % {"most": self.max_page_size})
        return min(int(asked), self.max_page_size)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data})


class JsonWhateverIsAccepted(DefaultContentNegotiation):
    """The API speaks JSON: a client that accepts only something else gets JSON all the same, problems among it."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            return renderers[0], renderers[0].media_type


def bad_query(name: str, message: str) -> Problem:
    """A 400 for a query parameter that says nothing we know."""
    return Problem.at("", 400, f"bad_{name}", _("Bad request"), f"{name}: {message}")


def user_of(request: Request) -> User:
    user = request.user
    assert isinstance(user, User)
    return user


def chosen(request: Request, name: str, choices: Collection[str]) -> str | None:
    """Read a query parameter that is one of some codes; None when it is not given."""
    asked = request.query_params.get(name)
    if asked is not None and asked not in choices:
        raise bad_query(name, _("Ask for one of: %(choices)s.") % {"choices": ", ".join(choices)})
    return asked


def identifier(request: Request, name: str) -> UUID | None:
    """Read a query parameter that is an id; None when it is not given."""
    asked = request.query_params.get(name)
    try:
        return UUID(asked) if asked is not None else None
    except ValueError as error:
        raise bad_query(
            name, _("Give an id as the API gives it, such as 01a207c9-eecd-7c77-9eb0-e7d353627d5f.")
        ) from error


def code_of(request: Request, name: str, pattern: str, message: str) -> str | None:
    """Read a query parameter of a known form; None when it is not given."""
    asked = request.query_params.get(name)
    if asked is not None and not re.fullmatch(pattern, asked):
        raise bad_query(name, message)
    return asked


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    """Refuse a filter that the list does not know: a misspelt one would silently show too much."""
    for name in request.query_params:
        if name not in known:
            names = ", ".join(sorted(known))
            raise bad_query(name, _("This list has no such filter. It knows: %(names)s.") % {"names": names})


def day_in(text: str) -> date | None:
    """Read YYYY-MM-DD; None for what is no day."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
