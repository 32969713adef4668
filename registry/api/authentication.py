"""Token authentication of the API: `Authorization: Token …`."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from registry.models import ApiToken, User

KEYWORD = b"token"


class TokenAuthentication(BaseAuthentication):
    """Authenticate the user of a token, which is found by its hash."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != KEYWORD:
            return None
        token = ApiToken.objects.by_token(_token_in(parts[1:]))
        if token is None:
            raise AuthenticationFailed(
                _("This token is not valid. An administrator can create a new one with “create_token USERNAME”.")
            )
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Token realm="api"'


def _token_in(parts: list[bytes]) -> str:
    """Return the token, or an empty string if there is not exactly one."""
    return parts[0].decode("ascii", "replace") if len(parts) == 1 else ""


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token …`, created with `create_token USERNAME`",
        }
