"""Numbers of an authenticator app, as RFC 6238 computes them: independent of the product's own code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

from django.test import Client
from django.urls import reverse

PERIOD = 30


def code_of(secret: str, steps: int = 0) -> str:
    """Return the six digits that an app shows now, or some steps of 30 seconds later."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // PERIOD + steps), hashlib.sha1).digest()
    place = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def signs_in(web: Client, username: str, password: str = "a password", following: str = "") -> str:
    """Send user name and password, and return where this leads, or the page if it leads nowhere."""
    answer = web.post(reverse("account_login"), {"login": username, "password": password, "next": following})
    return answer.headers.get("Location") or answer.content.decode()


def sets_up_app(web: Client) -> str:
    """Set up an authenticator app for whoever is signed in, and return its secret."""
    page = web.get(reverse("mfa_activate_totp"))
    secret: str = page.context["form"].secret
    assert web.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}).status_code == 302
    return secret
