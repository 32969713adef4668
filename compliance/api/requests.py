"""How the bodies of requests are read."""

from __future__ import annotations

from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from compliance.dossier.faults import Fault, Malformed
from compliance.dossier.tree import SIZE_LIMIT, read_tree
from registry.api.problems import BodyTooLarge, Problem

REASON_LIMIT = 2_000


class BytesParser(BaseParser):
    """Hand the body on as bytes, up to a limit."""

    limit = SIZE_LIMIT

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: dict[str, Any] | None = None
    ) -> bytes:
        body = stream.read(self.limit + 1)
        if len(body) > self.limit:
            raise BodyTooLarge(self.limit)
        return body


class JsonBytesParser(BytesParser):
    """Take JSON only: the strict parsers want what was sent, not what another parser made of it."""

    media_type = "application/json"


def reason_in(body: bytes) -> str:
    """Read `{"reason": "…"}`, which may be left out; what else is sent is refused with its place."""
    return texts_in(body, "reason")["reason"]


def texts_in(body: bytes, *names: str) -> dict[str, str]:
    """Read a JSON object of texts, each of which may be left out; what else is sent is refused with its place."""
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
    message = _("Send a JSON object with %(known)s as texts of at most %(limit)s characters, or no body at all.")
    at = f"/{name.replace('~', '~0').replace('/', '~1')[:100]}"
    values = {"known": ", ".join(f"`{each}`" for each in known), "limit": REASON_LIMIT}
    return Problem.at(at, 400, "bad_reason", _("Body not understood"), message % values)


def read_or_none(body: bytes) -> tuple[Any, list[Fault]]:
    try:
        return read_tree(body)
    except Malformed as error:
        return None, error.faults
