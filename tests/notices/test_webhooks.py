"""Webhooks: who is told of what, in order, once, signed, again after a failure, and never into the own network."""

from __future__ import annotations

import io
import json
import socket
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from compliance.api.imports import describe
from compliance.filings import actions
from compliance.imports import running
from compliance.imports.actions import ask_for_import
from compliance.models import Attempt, Delivery, Webhook, WebhookEvent
from compliance.notices import sending
from compliance.notices.actions import SUBSCRIBABLE, add_webhook, change_webhook, replace_secret, send_again
from compliance.notices.delivering import BACK_OFF, deliver, webhooks_with_work
from compliance.notices.messages import make_messages
from compliance.notices.sending import NotAllowed, public_addresses
from registry.models import Membership, User
from registry.tokens import service_account_of
from tests.building import a_document
from tests.conftest import client_of
from tests.making_filings import a_filing, a_submitted_filing, check_everything
from tests.notices.receiver import a_dripping_receiver, a_receiver


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


def notify() -> None:
    """What the worker does every few seconds."""
    make_messages()
    for key in webhooks_with_work():
        deliver(key)


def received(receiver) -> list[tuple[str, str]]:
    messages = [json.loads(body) for _, body in receiver.accepted]
    return [(message["type"], message["data"].get("verb", "")) for message in messages]


def test_the_filer_receives_each_change_in_order(webhook, receiver, filer):
    a_submitted_filing(filer, changes={"/applicant/name": None})
    check_everything()
    notify()
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
    notify()
    assert len(receiver.accepted) == 3


def test_a_message_is_signed_and_a_forged_one_is_found(webhook, receiver, filer):
    a_filing(filer)
    notify()
    headers, body = receiver.accepted[0]
    assert Verifier(webhook.secret).verify(body, headers)["type"] == "filing.status_changed"
    with pytest.raises(WebhookVerificationError):
        Verifier(webhook.secret).verify(body.replace(b"open", b"decide"), headers)


def test_a_replaced_secret_works_for_the_overlap(webhook, receiver, filer):
    new = replace_secret(webhook)
    a_filing(filer)
    notify()
    headers, body = receiver.accepted[0]
    assert Verifier(webhook.secret).verify(body, headers) == Verifier(new.secret).verify(body, headers)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        a_filing(filer, changes={"/reference": "later"})
        notify()
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
            notify()
    assert (receiver.accepted, len(receiver.refused) > 10) == ([], True)
    receiver.status = 200
    for minutes in range(60, 24 * 60, 30):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            notify()
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
            notify()
    webhook.refresh_from_db()
    assert (webhook.is_enabled, bool(webhook.disabled_reason), Attempt.objects.count()) == (False, True, 11)
    receiver.status = 200
    change_webhook(webhook, {"is_enabled": True}, by=filer)
    send_again(Delivery.objects.get())
    notify()
    assert len(receiver.accepted) == 1


def test_a_message_that_is_refused_again_and_again_disables_no_webhook_that_takes_others(webhook, receiver, filer):
    receiver.status = 400
    a_filing(filer)
    moment = timezone.now()
    for number, wait in enumerate((timedelta(0), *BACK_OFF)):
        moment += wait + timedelta(seconds=1)
        with time_machine.travel(moment):
            notify()
            receiver.status = 200
            a_filing(filer, changes={"/reference": str(number), "/service/name": f"服务{number}"})
            Delivery.objects.filter(given_up_at=None, attempts__gt=0, delivered_at=None).update(
                due_at=moment + timedelta(days=9)
            )
            notify()
            receiver.status = 400
            Delivery.objects.filter(due_at__gt=moment + timedelta(days=8)).update(due_at=moment)
    webhook.refresh_from_db()
    given_up = Delivery.objects.exclude(given_up_at=None).count()
    assert (webhook.is_enabled, given_up, len(receiver.accepted) > 5) == (True, 1, True)


def test_a_receiver_that_drips_its_answer_is_left_in_time(settings, monkeypatch):
    monkeypatch.setattr(sending, "DEADLINE", 0.5)
    with a_dripping_receiver() as url:
        sent = sending.send(url, b"{}", {})
    assert (sent.is_accepted, sent.error != "", sent.milliseconds < 3_000) == (False, True, True)


def test_a_redirect_is_not_followed(webhook, receiver, filer):
    receiver.status, receiver.location = 302, "http://127.0.0.1:1/"
    a_filing(filer)
    notify()
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
        ("https://[64:ff9b::a9fe:a9fe]/", "private"),
        ("https://[fec0::1]/", "private"),
        ("https://[::127.0.0.1]/", "private"),
        ("https://[2002:7f00:1::]/", "private"),
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


def test_a_webhook_receives_the_changes_of_its_organization_alone(webhook, receiver, filer, stranger):
    other = stranger.memberships.get().organization
    a_filing(stranger, changes={"/applicant/uscc": other.uscc})
    notify()
    assert receiver.accepted == []


def test_a_reviewer_receives_the_changes_of_the_own_provinces(receiver, reviewer, far_reviewer, filer):
    make_messages()
    for person in (reviewer, far_reviewer):
        add_webhook(by=person, organization=None, url=f"{receiver.url}?{person.username}", events=[WebhookEvent.STATUS])
    a_filing(filer)
    notify()
    assert receiver.accepted == []
    a_submitted_filing(filer, changes={"/reference": "submitted"})
    notify()
    assert {delivery.webhook.owner for delivery in Delivery.objects.all()} == {reviewer}


def test_the_webhook_of_a_former_filer_is_disabled_until_another_one_takes_it_over(
    webhook, receiver, filer, organization
):
    other = User.objects.create(username="other")
    Membership.objects.create(user=other, organization=organization, role="filer")
    a_filing(filer)
    filer.memberships.all().delete()
    notify()
    url = f"/api/v1/webhooks/{webhook.uid}/"
    shown = client_of(other).get(url).json()
    assert (receiver.accepted, shown["is_enabled"], shown["disabled_reason"] != "") == ([], False, True)
    assert client_of(other).patch(url, {"is_enabled": True}, format="json").json()["owner"] == "other"
    a_filing(other, changes={"/reference": "new"})
    notify()
    assert len(receiver.accepted) == 1


def test_an_import_is_reported_to_the_organization_whose_filings_it_opened(
    webhook, receiver, filer, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    account = service_account_of(webhook.organization)
    content = json.dumps(a_document()).encode()
    ask_for_import(
        io.BytesIO(content), by=account, is_archive=False, size=len(content), sha256="", dry_run=False, submit=False
    )
    for key in running.runs_to_divide():
        for part in running.divide(key):
            running.do_part(part, describe)
    notify()
    assert received(receiver)[-1] == ("import.finished", "")
    assert "_applicants" not in json.loads(receiver.accepted[-1][1])["data"]


def test_an_issued_number_is_reported(webhook, receiver, filer, registrar):
    filing = a_submitted_filing(filer)
    actions.record_decision(
        filing, number="网信算备330110507206401230035号", day=timezone.localdate(), document="", reason="", by=registrar
    )
    notify()
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
        notify()
        headers, content = receiver.accepted[0]
        assert Verifier(secret).verify(content, headers)["type"] == "webhook.test"
        log = api.get(f"{url}deliveries/").json()["results"][0]
        assert (log["event"], [attempt["status"] for attempt in log["log"]]) == ("webhook.test", [200])
        assert api.post(f"{url}deliveries/{log['id']}/replay/").status_code == 202
        notify()
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
