"""Targets of webhooks that would lead into the own network, or to where no message belongs."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from compliance.models import Webhook
from compliance.notices import sending
from tests.conftest import client_of
from tests.notices.receiver import a_receiver

# Addresses of the machine and of networks that are not public, in all spellings, and hosts that are none.
INTO_THE_NETWORK = [
    "https://127.0.0.1/",
    "https://127.255.255.254/",
    "https://127.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST:8000/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0xa9fea9fe/latest/meta-data/",
    "https://2852039166/",
    "https://192.0.0.192/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[::]/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[::ffff:0:10.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a9fe:a9fe::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[2001:db8::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[100::1]/",
    "https://[::1%25lo]/",
    "https://xn--/",
    "https://" + "a" * 300 + ".invalid/",
]
NO_TARGETS = [
    "http://sample.example/",
    "ftp://sample.example/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://127.0.0.1:11211/",
    "javascript:alert(1)",
    "//sample.example/",
    "https:sample.example",
    "https://",
    "https:///path",
    "https://user:secret@sample.example/",
    "https://user@sample.example/",
    "https://@sample.example/",
    "https://sample.example@127.0.0.1/",
    "https://127.0.0.1\\@sample.example/",
    "https://sample.example:0/",
    "https://sample.example:70000/",
    "https://sample.example:x/",
    "https://[::1/",
    "https://sample.example/\r\nX-Injected: 1",
    "https://sample.example/ HTTP/1.1\r\nHost: 127.0.0.1",
    "https://sample.example/\x00",
    "https://１２７.０.０.１/",
    "https://①②⑦.0.0.1/",
]
PUBLIC, PUBLIC_6 = "1.2.3.4", "2606:4700:4700::64"
PRIVATE_ANSWERS = [
    ["127.0.0.1"],
    ["169.254.169.254"],
    ["10.1.2.3"],
    ["::1"],
    ["fe80::1%eth0"],
    ["::ffff:10.1.2.3"],
    ["fd00::1"],
    [PUBLIC, "192.168.1.1"],
    [PUBLIC_6, "::1"],
    [PUBLIC, PUBLIC_6, "127.0.0.1"],
]
Resolver = Callable[[list[str]], None]


@pytest.fixture(autouse=True)
def strict(settings):
    settings.WEBHOOKS_MAY_BE_PRIVATE = False


@pytest.fixture
def resolve_to(monkeypatch) -> Resolver:
    """Let every name resolve to the given addresses; whatever is no address of its own would have been asked for."""

    def patched(addresses: list[str]) -> None:
        def resolved(host: object, port: int, *args: object, **kwargs: object) -> list[tuple]:
            families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
            return [
                (family, socket.SOCK_STREAM, 6, "", (address, port))
                for family, address in zip(families, addresses, strict=True)
            ]

        monkeypatch.setattr(sending.socket, "getaddrinfo", resolved)

    return patched


@pytest.fixture
def connections(monkeypatch) -> list[tuple]:
    """Collect where a connection would go to; none is made."""
    made: list[tuple] = []

    def refuse(address: tuple, *args: object, **kwargs: object) -> None:
        made.append(address)
        raise ConnectionRefusedError("a test")

    monkeypatch.setattr(sending.socket, "create_connection", refuse)
    return made


def add(user, url: str):
    body = {"url": url, "events": ["filing.status_changed"], "organization": user.memberships.get().organization.uscc}
    return client_of(user).post("/api/v1/webhooks/", body, format="json")


@pytest.mark.parametrize("url", INTO_THE_NETWORK)
def test_a_target_in_the_own_network_is_refused_when_it_is_added_and_when_a_message_is_sent(filer, connections, url):
    answer = add(filer, url)
    assert (answer.status_code, answer.headers["Content-Type"]) == (409, "application/problem+json")
    assert answer.json()["code"] in ("private", "unknown_host")
    assert not Webhook.objects.exists()
    assert sending.send(url, b"{}", {}).error in ("private", "unknown_host")
    assert connections == []


@pytest.mark.parametrize("url", NO_TARGETS)
def test_an_address_that_is_no_target_is_refused_even_if_its_name_were_public(filer, resolve_to, connections, url):
    resolve_to([PUBLIC])
    answer = add(filer, url)
    assert answer.status_code in (400, 409)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("addresses", PRIVATE_ANSWERS, ids=", ".join)
def test_a_name_with_a_private_address_among_its_addresses_is_refused(filer, resolve_to, connections, addresses):
    resolve_to(addresses)
    assert add(filer, "https://sample.example/").json()["code"] == "private"
    assert sending.send("https://sample.example/", b"{}", {}).error == "private"
    assert (Webhook.objects.count(), connections) == (0, [])


def test_a_name_that_becomes_private_after_it_was_added_gets_no_message(filer, resolve_to, connections):
    resolve_to([PUBLIC])
    assert add(filer, "https://sample.example/").status_code == 201
    resolve_to(["169.254.169.254"])
    assert sending.send(Webhook.objects.get().url, b"{}", {}).error == "private"
    assert connections == []


def test_the_connection_goes_to_the_address_that_was_checked_and_the_name_is_not_asked_for_again(
    monkeypatch, connections
):
    answers = iter([PUBLIC, "127.0.0.1"])

    def resolved(host: object, port: int, *args: object, **kwargs: object) -> list[tuple]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(sending.socket, "getaddrinfo", resolved)
    sending.send("https://sample.example/", b"{}", {})
    assert connections == [(PUBLIC, 443)]


def test_a_changed_webhook_is_checked_like_a_new_one(filer, resolve_to):
    resolve_to([PUBLIC])
    api, url = client_of(filer), add(filer, "https://sample.example/").headers["Location"]
    resolve_to(["10.0.0.1"])
    assert api.patch(url, {"url": "https://other.example/"}, format="json").status_code == 409
    assert Webhook.objects.get().url == "https://sample.example/"


def test_a_redirect_into_the_own_network_is_not_followed(settings):
    settings.WEBHOOKS_MAY_BE_PRIVATE = True
    with a_receiver() as receiver, a_receiver() as inner:
        receiver.status, receiver.location = 307, inner.url
        assert sending.send(receiver.url, b"{}", {}).error == "redirect"
        assert (inner.accepted, inner.refused) == ([], [])
