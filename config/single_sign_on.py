"""Single sign-on by OpenID Connect, for allauth."""

from __future__ import annotations

from typing import Any


def providers_of(url: str, name: str, client: str, secret: str) -> dict[str, Any]:
    """Return the setting SOCIALACCOUNT_PROVIDERS: the issuer at `url`, or none where it is blank."""
    app = {
        "provider_id": "sso",
        "name": name,
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": url},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app] if url else []}}
