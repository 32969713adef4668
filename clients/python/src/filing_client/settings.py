"""What both clients send with every request, and how they wait for an answer."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal, TypedDict

from filing_client.call import Call

Language = Literal["en", "zh-hans"]


class UnusableSetting(ValueError):
    """A setting of a client cannot be used. `name` is url or token; the value of a token is not repeated."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class HttpSettings(TypedDict):
    """The settings of an HTTP client, synchronous or not."""

    base_url: str
    headers: dict[str, str]
    timeout: float


def http_settings(base_url: str, token: str | None, language: Language, timeout: float) -> HttpSettings:
    """Return the settings of an HTTP client. Raises UnusableSetting."""
    if not base_url.startswith(("http://", "https://")):
        message = "The base URL begins with http:// or https://, as in http://127.0.0.1:8000/api/v1."
        raise UnusableSetting("url", message)
    headers = {"Accept-Language": language, "Accept": "application/json", "User-Agent": user_agent()}
    if token:
        headers["Authorization"] = f"Bearer {_valid(token)}"
    return {"base_url": base_url, "headers": headers, "timeout": timeout}


def user_agent() -> str:
    """Return the name and version of this package, as they are sent."""
    try:
        return f"ai-model-compliance-client/{version('ai-model-compliance-client')}"
    except PackageNotFoundError:
        return "ai-model-compliance-client"


def request_settings(call: Call[Any]) -> dict[str, Any]:
    """Return the arguments with which both HTTP clients build a request, all but the body."""
    # A stream is whatever `format` in the query asks for.
    accept = {"Accept": "*/*"} if call.is_stream else {}
    return {"method": call.method, "url": call.path, "params": call.params, "headers": {**call.headers, **accept}}


def _valid(token: str) -> str:
    if not (token.isascii() and token.isprintable() and " " not in token):
        message = "The token has characters that no token has. Copy it again, without spaces and line breaks."
        raise UnusableSetting("token", message)
    return token
