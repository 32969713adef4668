"""Single sign-on by OpenID Connect, for allauth."""

from __future__ import annotations

from typing import Any

from environ import Env


def providers_of(url: str, env: Env) -> dict[str, Any]:
    """Return the setting SOCIALACCOUNT_PROVIDERS: the issuer at `url` as the environment describes it, or none where it is blank."""
    app = {
        "provider_id": "sso",
        "name": env.str("OIDC_NAME", default="Single sign-on"),
        "client_id": env.str("OIDC_CLIENT_ID", default=""),
        "secret": env.str("OIDC_CLIENT_SECRET", default=""),
        "settings": {"server_url": url},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app] if url else []}}
