"""Webhooks: who is told of what, in order, once, signed, again after a failure, and never into the own network."""

from __future__ import annotations

import json
import socket
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from compliance.filings import actions
from compliance.models import Attempt, Delivery, Webhook, WebhookEvent
from compliance.notices import sending
from compliance.notices.actions import SUBSCRIBABLE, add_webhook, change_webhook, replace_secret, send_again
from compliance.notices.delivering import BACK_OFF, deliver, webhooks_with_work
from compliance.notices.sending import NotAllowed, public_addresses
from compliance.notices.telling import make_messages
from tests.conftest import client_of
from tests.making_filings import a_filing, a_submitted_filing, check_everything
from tests.notices.receiver import a_receiver


@pytest.fixture(autouse=True)
def private(settings):
    settings.WEBHOOKS_MAY_BE_PRIVATE = True


@pytest.fixture
def receiver():
    with a_receiver() as receiver:
        yield receiver


@pytest.fixture
def webhook(receiver, filer, organization):
    make_messages()
    return add_webhook(by=filer, organization=organization, url=receiver.url, events=SUBSCRIBABLE)


def tell() -> None:
    """What the worker does every few seconds."""
    make_messages()
    for key in webhooks_with_work():
        deliver(key)


def received(receiver) -> list[tuple[str, str]]:
    messages = [json.loads(body) for _, body in receiver.accepted]
    return [(message["type"], message["data"].get("verb", "")) for message in messages]


def test_the_filer_is_told_of_each_change_in_order(webhook, receiver, filer):
    a_submitted_filing(filer, changes={"/applicant/name": None})
    check_everything()
    tell()
    assert received(receiver) == [
        ("filing.status_changed", "open"),
        ("filing.status_changed", "submit"),
        ("filing.flags_changed", ""),
    ]
    data = json.loads(receiver.accepted[-1][1])["data"]
    assert (data["status"], data["raised"][0], data["resolved"]) == (
        "submitted",
        {"rule": "ORG-01", "level": "error", "variant": "missing", "at": "/applicant/name"},
        [],
    )
    tell()
    assert len(receiver.accepted) == 3


def test_a_message_is_signed_and_a_forged_one_is_found(webhook, receiver, filer):
    a_filing(filer)
    tell()
    headers, body = receiver.accepted[0]
    assert Verifier(webhook.secret).verify(body, headers)["type"] == "filing.status_changed"
    with pytest.raises(WebhookVerificationError):
        Verifier(webhook.secret).verify(body.replace(b"open", b"decide"), headers)


def test_a_replaced_secret_works_for_the_overlap(webhook, receiver, filer):
    new = replace_secret(webhook)
    a_filing(filer)
    tell()
    headers, body = receiver.accepted[0]
    assert Verifier(webhook.secret).verify(body, headers) == Verifier(new.secret).verify(body, headers)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        a_filing(filer, changes={"/reference": "later"})
        tell()
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Verifier(webhook.secret).verify(
            receiver.accepted[1][1], {**receiver.accepted[1][0], "webhook-timestamp": headers["webhook-timestamp"]}
        )


def test_a_receiver_that_was_down_for_an_hour_gets_everything_once_in_order(webhook, receiver, filer):
    filings = [a_submitted_filing(filer, changes={"/reference": str(i)}) for i in range(3)]
    receiver.status, start = 503, timezone.now()
    for minutes in range(0, 60, 2):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            if minutes == 30:
                actions.withdraw_filing(filings[0], by=filer)
            tell()
    assert (receiver.accepted, len(receiver.refused) > 10) == ([], True)
    receiver.status = 200
    for minutes in range(60, 24 * 60, 30):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            tell()
    assert len({headers["webhook-id"] for headers, _ in receiver.accepted}) == len(receiver.accepted) == 7
    by_filing: dict[str, list[str]] = {}
    for _, body in receiver.accepted:
        data = json.loads(body)["data"]
        by_filing.setdefault(data["filing"], []).append(data["verb"])
    assert sorted(by_filing.values()) == [["open", "submit"], ["open", "submit"], ["open", "submit", "withdraw"]]


def test_after_a_day_of_failures_a_webhook_is_disabled_with_a_reason_and_can_be_enabled_again(webhook, receiver, filer):
    receiver.status = 500
    a_filing(filer)
    moment = timezone.now()
    for wait in (timedelta(0), *BACK_OFF):
        moment += wait + timedelta(seconds=1)
        with time_machine.travel(moment):
            tell()
    webhook.refresh_from_db()
    assert (webhook.is_enabled, bool(webhook.disabled_reason), Attempt.objects.count()) == (False, True, 11)
    receiver.status = 200
    change_webhook(webhook, {"is_enabled": True})
    send_again(Delivery.objects.get())
    tell()
    assert len(receiver.accepted) == 1


def test_a_redirect_is_not_followed(webhook, receiver, filer):
    receiver.status, receiver.location = 302, "http://127.0.0.1:1/"
    a_filing(filer)
    tell()
    assert [(attempt.status, attempt.error) for attempt in Attempt.objects.all()] == [(302, "redirect")]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "scheme"),
        ("ftp://example.com/", "scheme"),
        ("https://127.0.0.1/", "private"),
        ("https://[::1]/", "private"),
        ("https://10.0.0.8/", "private"),
        ("https://169.254.169.254/latest/meta-data/", "private"),
        ("https://[::ffff:127.0.0.1]/", "private"),
        ("https://[fe80::1]/", "private"),
        ("https://0.0.0.0/", "private"),
        ("https://2130706433/", "private"),
        ("https://user:secret@example.com/", "bad_address"),
        ("https://example.com:99999/", "bad_address"),
        ("https:///", "bad_address"),
        ("https://no-such-host.invalid/", "unknown_host"),
    ],
)
def test_no_message_is_sent_into_the_own_network(settings, url, code):
    settings.WEBHOOKS_MAY_BE_PRIVATE = False
    with pytest.raises(NotAllowed) as refused:
        public_addresses(url)
    assert refused.value.code == code


def test_a_name_that_changes_to_a_private_address_is_refused_when_a_message_is_sent(settings, monkeypatch):
    settings.WEBHOOKS_MAY_BE_PRIVATE = False
    entry = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.168.1.1", 443))
    monkeypatch.setattr(sending.socket, "getaddrinfo", lambda *args, **kwargs: [entry])
    assert sending.send("https://changed.example/", b"{}", {}).error == "private"


def test_a_webhook_is_told_of_the_filings_of_its_organization_alone(webhook, receiver, filer, stranger):
    other = stranger.memberships.get().organization
    a_filing(stranger, changes={"/applicant/uscc": other.uscc})
    tell()
    assert receiver.accepted == []


def test_a_reviewer_is_told_of_the_filings_of_the_own_provinces(receiver, reviewer, far_reviewer, filer):
    make_messages()
    for person in (reviewer, far_reviewer):
        add_webhook(by=person, organization=None, url=f"{receiver.url}?{person.username}", events=[WebhookEvent.STATUS])
    a_filing(filer)
    tell()
    assert receiver.accepted == []
    a_submitted_filing(filer, changes={"/reference": "submitted"})
    tell()
    assert {delivery.webhook.owner for delivery in Delivery.objects.all()} == {reviewer}


def test_a_former_filer_is_told_nothing(webhook, receiver, filer, organization):
    a_filing(filer)
    filer.memberships.all().delete()
    tell()
    assert receiver.accepted == []


def test_an_issued_number_is_told(webhook, receiver, filer, registrar):
    filing = a_submitted_filing(filer)
    actions.record_decision(
        filing, number="网信算备330110507206401230035号", day=timezone.localdate(), document="", reason="", by=registrar
    )
    tell()
    assert received(receiver)[-1] == ("number.issued", "record_decision")
    assert json.loads(receiver.accepted[-1][1])["data"]["official_number"] == "网信算备330110507206401230035号"


class TestOverTheApi:
    def test_a_webhook_is_added_changed_tested_and_deleted(self, filer, organization, receiver):
        api = client_of(filer)
        body = {"url": receiver.url, "events": ["filing.status_changed"], "organization": organization.uscc}
        made = api.post("/api/v1/webhooks/", body, format="json")
        url, secret = made.headers["Location"], made.json()["secret"]
        assert (made.status_code, secret.startswith("whsec_"), "secret" in api.get(url).json()) == (201, True, False)
        api.post(f"{url}test/")
        tell()
        headers, content = receiver.accepted[0]
        assert Verifier(secret).verify(content, headers)["type"] == "webhook.test"
        log = api.get(f"{url}deliveries/").json()["results"][0]
        assert (log["event"], [attempt["status"] for attempt in log["log"]]) == ("webhook.test", [200])
        assert api.post(f"{url}deliveries/{log['id']}/replay/").status_code == 202
        tell()
        assert [headers["webhook-id"] for headers, _ in receiver.accepted] == [log["id"]] * 2
        assert api.post(f"{url}secret/").json()["secret"] != secret
        assert api.delete(url).status_code == 204
        assert Webhook.objects.count() == 0

    def test_a_stale_change_is_refused_with_what_is_there_now(self, webhook, filer):
        api, url = client_of(filer), f"/api/v1/webhooks/{webhook.uid}/"
        etag = api.get(url).headers["ETag"]
        first = api.patch(url, {"description": "mine"}, format="json", headers={"If-Match": etag})
        second = api.patch(url, {"description": "other"}, format="json", headers={"If-Match": etag})
        assert (first.status_code, second.status_code) == (200, 412)
        assert second.json()["current"]["description"] == "mine"
        assert second.json()["current"]["etag"] == second.headers["ETag"] == first.headers["ETag"]

    @pytest.mark.parametrize(
        ("changes", "status", "code"),
        [
            ({"url": "not an address"}, 400, "bad_body"),
            ({"events": []}, 400, "bad_body"),
            ({"events": ["webhook.test"]}, 400, "bad_body"),
            ({"unknown": 1}, 400, "bad_body"),
            ({"organization": "91110000600037341L"}, 403, "not_a_filer"),
            ({"organization": None}, 400, "bad_body"),
            ({"url": "https://10.0.0.1/"}, 409, "private"),
        ],
    )
    def test_an_invalid_webhook_is_refused(self, filer, organization, settings, changes, status, code):
        settings.WEBHOOKS_MAY_BE_PRIVATE = False
        body = {
            "url": "https://example.com/",
            "events": ["report.written"],
            "organization": organization.uscc,
            **changes,
        }
        answer = client_of(filer).post("/api/v1/webhooks/", body, format="json")
        assert (answer.status_code, answer.json()["code"], Webhook.objects.count()) == (status, code, 0)

    def test_only_staff_has_a_webhook_without_an_organization(self, filer, reviewer, receiver):
        body = {"url": receiver.url, "events": ["report.written"]}
        answers = [client_of(person).post("/api/v1/webhooks/", body, format="json") for person in (filer, reviewer)]
        assert [answer.status_code for answer in answers] == [403, 201]
