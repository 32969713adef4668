"""Tokens and webhooks at the desk: made by their owners, shown once, and never those of others."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from compliance.models import Webhook
from registry import tokens
from registry.models import ApiToken
from registry.tokens import make_token
from tests.conftest import client_of

TOKENS, WEBHOOKS = "/admin/registry/apitoken/", "/admin/compliance/webhook/"


def signed_in(user) -> Client:
    user.is_staff = True
    user.save()
    client = Client()
    client.force_login(user)
    return client


def shown_text(page) -> str:
    return re.search(r'<pre class="desk-token"[^>]*>([^<]+)</pre>', page.content.decode())[1]


def test_a_reviewer_makes_a_token_that_is_shown_once(reviewer):
    desk = signed_in(reviewer)
    page = desk.post(f"{TOKENS}add/", {"name": "my script", "scopes": ["read", "review"], "days": "30"})
    text = shown_text(page)
    token = ApiToken.objects.get()
    assert (token.user, token.scopes, "no-store" in page.headers["Cache-Control"]) == (
        reviewer,
        ["read", "review"],
        True,
    )
    answer = Client().get("/api/v1/filings/", headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == 200
    assert text not in desk.get(TOKENS).content.decode() + desk.get(f"{TOKENS}{token.pk}/change/").content.decode()


def test_an_administrator_makes_a_token_of_an_organization(administrator, organization):
    body = {"name": "their system", "scopes": ["read", "file"], "days": "30", "organization": organization.pk}
    page = signed_in(administrator).post(f"{TOKENS}add/", body)
    assert (page.status_code, ApiToken.objects.get().user.username) == (200, f"service-{organization.uscc}")


def test_staff_sees_and_revokes_only_its_own_tokens(reviewer, filer):
    (own, _), (other, _) = make_token(reviewer, name="mine"), make_token(filer, name="theirs")
    desk = signed_in(reviewer)
    assert [name in desk.get(TOKENS).content.decode() for name in ("mine", "theirs")] == [True, False]
    desk.post(TOKENS, {"action": "revoke", "_selected_action": [own.pk, other.pk]})
    assert [ApiToken.objects.get(pk=token.pk).is_in_force for token in (own, other)] == [False, True]


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"scopes": []}, {"scopes": ["all"]}, {"days": "0"}, {"days": "99999"}, {"days": "soon"}]
)
def test_an_invalid_form_makes_no_token(reviewer, changes):
    body = {"name": "x", "scopes": ["read"], "days": "30", **changes}
    page = signed_in(reviewer).post(f"{TOKENS}add/", body)
    assert (page.status_code, ApiToken.objects.count()) == (200, 0)


def test_more_tokens_than_anyone_needs_are_refused(reviewer, monkeypatch):
    monkeypatch.setattr(tokens, "MOST_TOKENS", 1)
    desk, body = signed_in(reviewer), {"name": "x", "scopes": ["read"], "days": "30"}
    pages = [desk.post(f"{TOKENS}add/", body) for _ in range(2)]
    assert ([page.status_code for page in pages], ApiToken.objects.count()) == ([200, 200], 1)
    assert "100" in pages[1].content.decode()


def test_a_reviewer_adds_a_webhook_and_is_shown_its_secret(reviewer, settings):
    settings.WEBHOOKS_MAY_BE_PRIVATE = True
    desk = signed_in(reviewer)
    nothing = {f"deliveries-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    body = {"url": "http://127.0.0.1:1/hook", "events": ["filing.status_changed"], **nothing}
    page = desk.post(f"{WEBHOOKS}add/", body)
    webhook = Webhook.objects.get()
    assert (webhook.owner, shown_text(page)) == (reviewer, webhook.secret)
    desk.post(WEBHOOKS, {"action": "send_test", "_selected_action": [webhook.pk]})
    assert webhook.deliveries.get().event == "webhook.test"
    assert webhook.secret not in desk.get(f"{WEBHOOKS}{webhook.pk}/change/").content.decode()


def test_a_webhook_into_the_own_network_is_refused_with_the_reason(reviewer):
    body = {"url": "https://10.0.0.1/hook", "events": ["filing.status_changed"]}
    page = signed_in(reviewer).post(f"{WEBHOOKS}add/", body, headers={"Accept-Language": "zh-hans"})
    assert ("不是公网地址" in page.content.decode(), Webhook.objects.count()) == (True, 0)


def test_the_webhooks_of_others_are_not_there(reviewer, filer, organization, settings):
    settings.WEBHOOKS_MAY_BE_PRIVATE = True
    body = {"url": "http://127.0.0.1:1/", "events": ["report.written"], "organization": organization.uscc}
    client_of(filer).post("/api/v1/webhooks/", body, format="json")
    key = Webhook.objects.get().pk
    assert signed_in(reviewer).get(f"{WEBHOOKS}{key}/change/").status_code == 302
