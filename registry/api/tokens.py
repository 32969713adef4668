"""API tokens over the API: everyone manages their own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.bodies import read_body
from registry.api.endpoint import Endpoint, operation, page_of
from registry.api.lists import ListEndpoint, Listing
from registry.api.problems import Problem
from registry.api.requests import user_of
from registry.models import ApiToken, Scope
from registry.models.tokens import in_a_year
from registry.names import SOME_TEXT
from registry.tokens import (
    LONGEST_OVERLAP,
    LONGEST_VALIDITY,
    TokenRefused,
    make_token,
    revoke_token,
    rotate_token,
)

REFUSALS = {
    "token_ended": gettext_lazy("This token is expired, revoked or replaced. Create a new one."),
    "too_many_tokens": gettext_lazy("You have 100 tokens in force. Revoke one that is not needed any more."),
}


class ApiTokenSerializer(serializers.ModelSerializer[ApiToken]):
    """An API token, without its text."""

    id = serializers.UUIDField(source="uid")
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.values))
    replaced_by = serializers.UUIDField(source="replaced_by.uid", default=None, allow_null=True)
    is_in_force = serializers.BooleanField()

    class Meta:
        model = ApiToken
        fields = [
            "id",
            "name",
            "beginning",
            "scopes",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
            "replaced_by",
            "is_in_force",
        ]


class NewTokenSerializer(ApiTokenSerializer):
    """A new API token with its text, which is not shown again."""

    token = serializers.CharField()

    class Meta(ApiTokenSerializer.Meta):
        fields = [*ApiTokenSerializer.Meta.fields, "token"]


class TokenRequestSerializer(serializers.Serializer[Any]):
    """The name of a token, its scopes (by default those of the token at hand) and its days (by default a year)."""

    name = serializers.RegexField(SOME_TEXT, max_length=100)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.values), required=False, min_length=1, max_length=len(Scope.values)
    )
    days = serializers.IntegerField(min_value=1, max_value=LONGEST_VALIDITY.days, required=False)


class RotationSerializer(serializers.Serializer[Any]):
    """For how many hours the old token still works; 24 by default."""

    overlap_hours = serializers.IntegerField(
        min_value=0, max_value=LONGEST_OVERLAP // timedelta(hours=1), required=False
    )


LISTING = Listing(ApiTokenSerializer)


class TokensView(ListEndpoint):
    """The API tokens of the user."""

    @operation("tokens_list", "Tokens", {200: page_of(ApiTokenSerializer)}, parameters=LISTING.parameters)
    def get(self, request: Request) -> HttpResponseBase:
        """List your API tokens, newest first. Their texts are not stored."""
        return self.listed(ApiToken.objects.filter(user=user_of(request)).select_related("replaced_by"), LISTING)

    @operation("tokens_create", "Tokens", {201: NewTokenSerializer}, body=TokenRequestSerializer)
    def post(self, request: Request) -> Response:
        """Create an API token for yourself, with no more scopes and no later end than those of the token that you use now."""
        body = read_body(request, TokenRequestSerializer)
        scopes = body.get("scopes", request.auth.scopes)
        _refuse_beyond(scopes, request, "/scopes")
        with _refusals_as_problems():
            return _new(
                *make_token(user_of(request), name=body["name"], scopes=scopes, expires_at=_end(body, request.auth))
            )


def _end(body: dict[str, Any], own: ApiToken) -> datetime:
    """Return the end of a new token: never after that of the token that makes it, which may have come into other hands."""
    asked_for = timezone.now() + timedelta(days=body["days"]) if "days" in body else in_a_year()
    return min(asked_for, own.expires_at)


@contextmanager
def _refusals_as_problems() -> Iterator[None]:
    try:
        yield
    except TokenRefused as error:
        raise Problem(409, error.code, _("Token refused"), str(REFUSALS[error.code])) from error


def _refuse_beyond(scopes: Collection[str], request: Request, pointer: str = "") -> None:
    """A token manages only what it could do itself."""
    if beyond := sorted(set(scopes) - set(request.auth.scopes)):
        message = _("The token that you use does not have these scopes: %(scopes)s.") % {"scopes": ", ".join(beyond)}
        raise Problem.at(pointer, 403, "scope_missing", _("Not allowed"), message)


class TokenView(Endpoint):
    """One API token of the user."""

    @operation("tokens_read", "Tokens", {200: ApiTokenSerializer})
    def get(self, request: Request, id: UUID) -> Response:
        """Return one of your API tokens, without its text."""
        return Response(ApiTokenSerializer(_find(request, id)).data)

    @operation("tokens_revoke", "Tokens", {204: None})
    def delete(self, request: Request, id: UUID) -> Response:
        """Revoke one of your API tokens: from now on, it is refused."""
        token = _find(request, id)
        _refuse_beyond(token.scopes, request)
        revoke_token(token)
        return Response(status=204)


class RotateTokenView(Endpoint):
    """Replacing an API token."""

    @operation("tokens_rotate", "Tokens", {201: NewTokenSerializer}, body=RotationSerializer)
    def post(self, request: Request, id: UUID) -> Response:
        """Replace one of your API tokens by a new one. The old one works for some more hours, so that no call fails."""
        body = read_body(request, RotationSerializer)
        token = _find(request, id)
        _refuse_beyond(token.scopes, request)
        with _refusals_as_problems():
            return _new(*rotate_token(token, overlap=timedelta(hours=body.get("overlap_hours", 24))))


def _find(request: Request, uid: UUID) -> ApiToken:
    token = ApiToken.objects.filter(user=user_of(request), uid=uid).select_related("replaced_by").first()
    if token is None:
        raise Http404
    return token


def _new(token: ApiToken, text: str) -> Response:
    answer = {**ApiTokenSerializer(token).data, "token": text}
    return Response(
        answer, status=201, headers={"Location": f"/api/v1/tokens/{token.uid}/", "Cache-Control": "no-store"}
    )
