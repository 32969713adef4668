"""API tokens: made once, shown once."""

from __future__ import annotations

from registry.models import ApiToken, User
from registry.models.tokens import digest_of, new_token


def create_token(user: User) -> str:
    """Make an API token for a user and return its text, which is shown this once and kept nowhere."""
    token = new_token()
    ApiToken.objects.create(user=user, digest=digest_of(token), beginning=token[:8])
    return token
