"""Token authentication of the API: `Authorization: Bearer …` or `Authorization: Token …`."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from registry.api import throttling
from registry.api.problems import refuse_if_too_many
from registry.api.shared_responses import COMPONENTS
from registry.models import ApiToken, User
from registry.tokens import remember_use

KEYWORDS = (b"token", b"bearer")


class TokenAuthentication(BaseAuthentication):
    """Authenticate the user of a token, which is found by its hash."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() not in KEYWORDS:
            return None
        token = ApiToken.objects.by_token(_token_in(parts[1:]))
        if token is None:
            refuse_if_too_many(throttling.count("failed", throttling.address_of(request._request)))
            raise AuthenticationFailed(
                _("This token is unknown, expired or revoked. Create another one on the page “API tokens” of the desk.")
            )
        remember_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Token realm="api"'


def _token_in(parts: list[bytes]) -> str:
    """Return the token, or an empty string if there is not exactly one."""
    return parts[0].decode("ascii", "replace") if len(parts) == 1 else ""


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The scheme is described among the shared components."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return COMPONENTS["securitySchemes"]["token"]  # type: ignore[no-any-return]
