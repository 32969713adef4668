"""What every endpoint of the API shares: how a body is read and how lists are paged."""

from __future__ import annotations

import re
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAcceptable, NotFound
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.dossier.faults import Fault, Malformed
from compliance.dossier.tree import SIZE_LIMIT, read_tree
from registry.api.problems import BodyTooLarge, Problem

_KEY = re.compile(r"[0-9]{1,18}")
REASON_LIMIT = 2_000


class JsonBytesParser(BaseParser):
    """Hand the body on as bytes: the strict parsers want what was sent, not what another parser made of it."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: dict[str, Any] | None = None
    ) -> bytes:
        body = stream.read(SIZE_LIMIT + 1)
        if len(body) > SIZE_LIMIT:
            raise BodyTooLarge(SIZE_LIMIT)
        return body


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


def reason_in(body: bytes) -> str:
    """Read `{"reason": "…"}`, which may be left out; what else is sent is refused with its place."""
    if not body.strip():
        return ""
    tree, faults = read_or_none(body)
    reason = tree.get("reason", "") if isinstance(tree, dict) and set(tree) <= {"reason"} else None
    if faults or not isinstance(reason, str) or len(reason) > REASON_LIMIT:
        message = _("Send a JSON object with `reason` as a text of at most %(limit)s characters, or no body at all.")
        raise Problem.at("/reason", 400, "bad_reason", _("No reason"), message % {"limit": REASON_LIMIT})
    return reason.strip()


def read_or_none(body: bytes) -> tuple[Any, list[Fault]]:
    try:
        return read_tree(body)
    except Malformed as error:
        return None, error.faults
