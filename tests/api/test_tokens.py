"""API tokens: scopes, end, replacement, revocation, and how often they may be used."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from registry.api import throttling
from registry.models import ApiToken, Membership
from registry.tokens import create_token, make_token, service_account_of
from tests.building import a_document
from tests.conftest import client_of


def client_with(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def test_a_token_with_the_scope_read_cannot_file(filer):
    client = client_with(create_token(filer, scopes=["read"]))
    answer = client.post("/api/v1/filings/", a_document(), format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert client.get("/api/v1/filings/").status_code == 200


def test_a_token_with_the_scope_file_cannot_read(filer):
    client = client_with(create_token(filer, scopes=["file"]))
    assert client.get("/api/v1/filings/").json()["code"] == "scope_missing"
    assert client.post("/api/v1/filings/", a_document(), format="json").status_code == 201


def test_a_token_is_refused_after_its_end(filer):
    client = client_with(create_token(filer, expires_at=timezone.now() + timedelta(days=1)))
    assert client.get("/api/v1/filings/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
        assert client.get("/api/v1/filings/").status_code == 401


def test_the_last_use_of_a_token_is_known(filer):
    client_of(filer).get("/api/v1/filings/")
    assert timezone.now() - ApiToken.objects.get().last_used_at < timedelta(minutes=1)


def test_a_new_token_is_shown_once_and_works(filer):
    client = client_of(filer)
    made = client.post("/api/v1/tokens/", {"name": "a script", "scopes": ["read"], "days": 30}, format="json")
    new = made.json()
    assert (made.status_code, made.headers["Cache-Control"], new["scopes"]) == (201, "no-store", ["read"])
    assert client_with(new["token"]).get("/api/v1/filings/").status_code == 200
    shown = client.get(f"/api/v1/tokens/{new['id']}/").json()
    assert (shown["name"], "token" in shown) == ("a script", False)


def test_a_token_cannot_make_one_with_more_scopes(filer):
    client = client_with(create_token(filer, scopes=["read"]))
    answer = client.post("/api/v1/tokens/", {"name": "more", "scopes": ["read", "file"]}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    wide = ApiToken.objects.get(digest=make_token(filer)[0].digest)
    assert client.post(f"/api/v1/tokens/{wide.uid}/rotate/", {}, format="json").status_code == 403


def test_a_token_makes_none_that_outlives_it_and_is_replaced_once(filer):
    end = timezone.now() + timedelta(days=1)
    token, text = make_token(filer, scopes=["read"], expires_at=end)
    client = client_with(text)
    made = client.post("/api/v1/tokens/", {"name": "longer", "days": 1000}, format="json").json()
    assert datetime.fromisoformat(made["expires_at"]) <= end
    url = f"/api/v1/tokens/{token.uid}/rotate/"
    first, second = (client.post(url, {}, format="json") for _ in range(2))
    assert (first.status_code, second.json()["code"]) == (201, "token_ended")
    assert datetime.fromisoformat(first.json()["expires_at"]) <= timezone.now() + timedelta(days=1)


def test_a_token_cannot_revoke_one_with_more_scopes(filer):
    client, wide = client_with(create_token(filer, scopes=["read"])), make_token(filer)[0]
    assert client.delete(f"/api/v1/tokens/{wide.uid}/").json()["code"] == "scope_missing"
    wide.refresh_from_db()
    assert wide.is_in_force


def test_a_token_with_the_scope_read_cannot_add_a_webhook(filer, organization):
    body = {"url": "https://example.com/", "events": ["report.written"], "organization": organization.uscc}
    answer = client_with(create_token(filer, scopes=["read"])).post("/api/v1/webhooks/", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/name"),
        ({"name": " "}, "/name"),
        ({"name": "x", "scopes": []}, "/scopes"),
        ({"name": "x", "scopes": ["all"]}, "/scopes/0"),
        ({"name": "x", "days": 0}, "/days"),
        ({"name": 0}, "/name"),
        ({"name": "x", "days": "7"}, "/days"),
        ({"name": "x", "for": "me"}, "/for"),
    ],
)
def test_an_invalid_request_for_a_token_makes_none(filer, body, pointer):
    answer = client_of(filer).post("/api/v1/tokens/", body, format="json")
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (400, [pointer])
    assert ApiToken.objects.count() == 1


def test_a_replaced_token_works_for_the_overlap(filer):
    old = create_token(filer)
    uid = ApiToken.objects.get().uid
    new = client_with(old).post(f"/api/v1/tokens/{uid}/rotate/", {"overlap_hours": 1}, format="json").json()["token"]
    assert [client_with(token).get("/api/v1/filings/").status_code for token in (old, new)] == [200, 200]
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        assert [client_with(token).get("/api/v1/filings/").status_code for token in (old, new)] == [401, 200]


def test_a_revoked_token_is_refused_and_not_replaced(filer):
    client, other = client_of(filer), make_token(filer)
    assert client.delete(f"/api/v1/tokens/{other[0].uid}/").status_code == 204
    assert client_with(other[1]).get("/api/v1/filings/").status_code == 401
    assert client.post(f"/api/v1/tokens/{other[0].uid}/rotate/", {}, format="json").json()["code"] == "token_ended"


def test_a_service_account_files_for_its_organization_and_cannot_sign_in(organization):
    account = service_account_of(organization)
    assert service_account_of(organization) == account
    assert client_of(account).post("/api/v1/filings/", a_document(), format="json").status_code == 201
    assert (account.has_usable_password(), account.is_staff) == (False, False)
    assert Membership.objects.get(user=account).organization == organization


@pytest.fixture
def limits(settings):
    settings.RATE_LIMITS = {"token": "3/minute", "address": "2/minute", "failed": "2/minute"}
    for remembered in (throttling._limit, throttling._counter):
        remembered.cache_clear()
    yield
    for remembered in (throttling._limit, throttling._counter):
        remembered.cache_clear()


@time_machine.travel("2026-05-01T10:00:01+08:00", tick=False)
def test_a_token_is_throttled_until_the_time_in_retry_after(filer, limits):
    client = client_of(filer)
    answers = [client.get("/api/v1/filings/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].json()["code"] == "throttled"
    # Another token of the same person has its own limit.
    assert client_of(filer).get("/api/v1/filings/").status_code == 200


@time_machine.travel("2026-05-01T10:00:01+08:00", tick=False)
def test_unknown_tokens_are_throttled_by_address_and_known_ones_still_work(filer, limits):
    known = client_of(filer)
    guesses = [client_with("guess").get("/api/v1/filings/").status_code for _ in range(3)]
    assert (guesses, known.get("/api/v1/filings/").status_code) == ([401, 401, 429], 200)


@time_machine.travel("2026-05-01T10:00:01+08:00", tick=False)
def test_public_addresses_are_throttled_by_address(db, limits):
    assert [Client().get("/api/v1/rules/").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.2.3.4", "127.0.0.1"),
        (1, "9.9.9.9, 1.2.3.4", "1.2.3.4"),
        (2, "1.2.3.4, 5.6.7.8", "1.2.3.4"),
        (2, "x", "127.0.0.1"),
    ],
)
def test_only_known_proxies_tell_the_address(rf, settings, proxies, forwarded, address):
    settings.PROXIES = proxies
    assert throttling.address_of(rf.get("/", headers={"X-Forwarded-For": forwarded})) == address


def test_a_silent_redis_delays_no_request(settings):
    settings.RATE_LIMITS = {"token": "3/minute"}
    counter = throttling._Counter("redis://127.0.0.1:1/0")
    item = throttling.parse("3/minute")
    assert [counter.count(item, "x").remaining for _ in range(2)] == [2, 1]
