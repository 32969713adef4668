"""Parsing of request bodies."""

from __future__ import annotations

from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from compliance.dossier.faults import Fault, Malformed
from compliance.dossier.tree import SIZE_LIMIT, read_tree
from registry.api.problems import BodyTooLarge, Problem

REASON_LIMIT = 2_000


class BytesParser(BaseParser):
    """Pass the body on as bytes, up to a size limit."""

    limit = SIZE_LIMIT

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: dict[str, Any] | None = None
    ) -> bytes:
        body = stream.read(self.limit + 1)
        if len(body) > self.limit:
            raise BodyTooLarge(self.limit)
        return body


class JsonBytesParser(BytesParser):
    """Accept JSON only, as bytes: the strict parsers need the original body, not the result of another parser."""

    media_type = "application/json"


def parse_reason(body: bytes) -> str:
    """Parse `{"reason": "…"}`, where the reason is optional. Anything else is refused with its location."""
    return parse_texts(body, "reason")["reason"]


def parse_texts(body: bytes, *names: str) -> dict[str, str]:
    """Parse a JSON object of optional strings. Anything else is refused with its location."""
    if not body.strip():
        return dict.fromkeys(names, "")
    tree, faults = read_or_none(body)
    if faults or not isinstance(tree, dict):
        raise _bad_text(names[-1], names)
    for name in [*tree, *names]:
        value = tree.get(name, "")
        if name not in names or not isinstance(value, str) or len(value) > REASON_LIMIT:
            raise _bad_text(name, names)
    return {name: tree.get(name, "").strip() for name in names}


def _bad_text(name: str, known: tuple[str, ...]) -> Problem:
    message = _(
        "Send a JSON object that contains only %(known)s, each a string of at most %(limit)s "
        "characters, or send no body."
    )
    at = f"/{name.replace('~', '~0').replace('/', '~1')[:100]}"
    values = {"known": ", ".join(f"`{field}`" for field in known), "limit": REASON_LIMIT}
    return Problem.at(at, 400, "bad_reason", _("Invalid request body"), message % values)


def read_or_none(body: bytes) -> tuple[Any, list[Fault]]:
    try:
        return read_tree(body)
    except Malformed as error:
        return None, error.faults
