"""Single sign-on by OpenID Connect, against a provider that speaks the protocol over HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import clear_url_caches, reverse

from registry.accounts import urls as account_urls
from registry.accounts.checks import check_roles
from registry.accounts.oidc import roles_of
from registry.models import User
from tests.accounts.codes import signs_in

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ROLES = {"registrars": "registrar", "guangdong": "reviewer:44", "two": "reviewer:11+51", "everywhere": "reviewer"}


class Provider(ThreadingHTTPServer):
    """An identity provider: discovery, tokens, keys, and the person who is about to sign in."""

    person: dict[str, Any]
    nonce = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, path: str) -> dict[str, Any]:
        if path.endswith("openid-configuration"):
            parts = {f"{part}_endpoint": f"{self.url}/{part}" for part in ("authorization", "token", "userinfo")}
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **parts}
        if path == "/keys":
            return {
                "keys": [
                    {
                        **json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())),
                        "kid": "1",
                        "alg": "RS256",
                        "use": "sig",
                    }
                ]
            }
        if path == "/token":
            return {"access_token": "x", "token_type": "Bearer", "id_token": self._id_token()}
        return self.person

    def _id_token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": "registry", "iat": now, "exp": now + 300, "nonce": self.nonce, **self.person}
        return jwt.encode(claims, KEY, "RS256", headers={"kid": "1"})


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        body = json.dumps(self.server.answer(urlsplit(self.path).path)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def log_message(self, *_more: object) -> None:
        return


@pytest.fixture
def provider(settings, db) -> Iterator[Provider]:
    server = Provider(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OIDC_URL, settings.OIDC_ROLES = server.url, ROLES
    app = {
        "provider_id": "sso",
        "name": "示例身份",
        "client_id": "registry",
        "secret": "s",
        "settings": {"server_url": server.url},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    before = list(account_urls.urlpatterns)
    account_urls.urlpatterns += account_urls.single_sign_on()
    clear_url_caches()
    yield server
    account_urls.urlpatterns[:] = before
    clear_url_caches()
    server.shutdown()
    server.server_close()


def comes_from(provider: Provider, web: Client, **person: Any) -> Any:
    """Sign in as the provider's person, and return the last answer."""
    provider.person = {
        "sub": "1",
        "preferred_username": "wang",
        "name": "示例人员",
        "email": "wang@demo.example",
        **person,
    }
    start = web.post(reverse("openid_connect_login", args=["sso"]))
    asked = parse_qs(urlsplit(start.url).query)
    provider.nonce = asked.get("nonce", [""])[0]
    assert (asked["client_id"], asked["code_challenge_method"]) == (["registry"], ["S256"])
    return web.get(reverse("openid_connect_callback", args=["sso"]), {"code": "c", "state": asked["state"][0]})


def roles() -> dict[str, list[str]]:
    return dict(User.objects.get(username="wang").staff_roles.values_list("role", "provinces"))


def test_groups_become_roles_at_each_sign_in(provider):
    web = Client()
    assert comes_from(provider, web, groups=["registrars", "guangdong", "cooks"]).url == "/admin/"
    assert (roles(), web.get("/admin/").status_code) == ({"registrar": [], "reviewer": ["44"]}, 200)
    assert comes_from(provider, Client(), groups=["guangdong", "two"]).url == "/admin/"
    assert roles() == {"reviewer": ["11", "44", "51"]}


def test_whoever_has_no_role_is_refused_and_loses_the_one_he_had(provider):
    comes_from(provider, Client(), groups=["registrars"])
    web = Client()
    answer = comes_from(provider, web, groups=["cooks"])
    assert (answer.status_code, "none of your groups has a role" in answer.content.decode()) == (403, True)
    assert (roles(), web.get("/admin/").status_code) == ({}, 302)
    assert comes_from(provider, Client(), sub="2", preferred_username="li", groups=[]).status_code == 403
    assert User.objects.count() == 1


def test_a_name_of_the_provider_does_not_take_an_account_over(provider, administrator):
    comes_from(provider, Client(), preferred_username="administrator", email="", groups=["guangdong"])
    assert dict(administrator.staff_roles.values_list("role", "provinces")) == {"administrator": []}
    assert User.objects.count() == 2


def test_the_second_factor_is_asked_for_here_unless_the_provider_gives_it(provider, settings):
    settings.SECOND_FACTOR_FOR = ["registrar"]
    web = Client()
    comes_from(provider, web, groups=["registrars"])
    assert web.get("/admin/").url.startswith("/account/second-factor/needed/")
    settings.OIDC_GIVES_SECOND_FACTOR = True
    trusted = Client()
    comes_from(provider, trusted, groups=["registrars"])
    assert trusted.get("/admin/").status_code == 200


def test_an_answer_that_was_not_asked_for_is_refused(provider):
    provider.person = {"sub": "1", "groups": ["registrars"]}
    answer = Client().get(reverse("openid_connect_callback", args=["sso"]), {"code": "c", "state": "invented"})
    assert (answer.status_code, User.objects.count()) == (401, 0)
    assert "Third-Party Login Failure" in answer.content.decode()


def test_the_page_to_sign_in_offers_it(provider):
    assert "Sign in with 示例身份" in Client().get(reverse("account_login")).content.decode()


def test_provinces_of_several_groups_are_joined_and_all_contains_each(settings):
    settings.OIDC_ROLES = ROLES
    assert roles_of(["guangdong", "two"]) == {"reviewer": ["11", "44", "51"]}
    assert roles_of(["guangdong", "everywhere"]) == {"reviewer": []}
    assert roles_of(["nobody"]) == {}


def test_who_comes_by_single_sign_on_does_not_come_by_password(provider, client):
    comes_from(provider, Client(), groups=["registrars"])
    user = User.objects.get(username="wang")
    user.set_password("a password")
    user.save()
    assert "not correct" in signs_in(client, "wang")
    assert client.get("/admin/").status_code == 302


def test_who_lost_a_role_loses_the_sessions_that_had_it(provider):
    before = Client()
    comes_from(provider, before, groups=["registrars", "guangdong"])
    comes_from(provider, Client(), groups=["guangdong"])
    assert before.get("/admin/").status_code == 302


@pytest.mark.parametrize("value", ["registar", "reviewer:99", "registrar:44", "reviewer:", ""])
def test_a_role_that_does_not_exist_is_named_before_anybody_signs_in(settings, value):
    settings.OIDC_ROLES = {"good": "reviewer:44+51", "bad": value}
    assert [error.msg for error in check_roles(None)] == [f"OIDC_ROLES: bad={value}"]
