"""What all endpoints of the API share: content negotiation, and who asks."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

from registry.models import User

_ANY_OR_JSON = frozenset({"*/*", "application/json"})


class AlwaysJsonNegotiation(DefaultContentNegotiation):
    """Respond with JSON even if the client does not accept it, so that it can read problem details."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        # Nearly every client asks for JSON or for anything, so there is nothing to weigh.
        if request.headers.get("Accept", "*/*") in _ANY_OR_JSON and "format=" not in request.META["QUERY_STRING"]:
            return renderers[0], renderers[0].media_type
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except (NotAcceptable, Http404):
            return renderers[0], renderers[0].media_type


def user_of(request: Request) -> User:
    user = request.user
    assert isinstance(user, User)
    return user
