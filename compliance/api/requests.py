"""What every endpoint of the API shares: how a body is read and how lists are paged."""

from __future__ import annotations

from typing import IO, Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.dossier.tree import SIZE_LIMIT
from registry.api.problems import BodyTooLarge


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
        if cursor and cursor.position is not None and not cursor.position.isdecimal():
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data})
