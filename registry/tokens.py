"""Creation of API tokens."""

from __future__ import annotations

from registry.models import ApiToken, User
from registry.models.tokens import digest_of, new_token


def create_token(user: User) -> str:
    """Create an API token for a user and return its text, which is not stored and cannot be shown again."""
    token = new_token()
    ApiToken.objects.create(user=user, digest=digest_of(token), beginning=token[:8])
    return token
