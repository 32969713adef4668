"""JSON that is no JSON, means two things, or costs more than it says: refused with problem details and nothing stored."""

from __future__ import annotations

import json
import time

import pytest

from compliance.api.imports import describe
from compliance.imports import running
from compliance.models import Comment, Filing, Webhook
from tests.building import a_document, example
from tests.conftest import client_of
from tests.making_filings import a_filing, a_submitted_filing, document_of

FILINGS, CHECK = "/api/v1/filings/", "/api/v1/check/"
GOOD = example("algorithm-complete")
TEXT = GOOD.decode()


def with_member(member: str) -> bytes:
    """Return a complete dossier with one more member in front of the others."""
    return ("{" + member + "," + TEXT.lstrip()[1:]).encode()


def with_users(literal: str) -> bytes:
    document = json.dumps(a_document("algorithm", {"/service/registered_users": 123456789}))
    return document.replace("123456789", literal).encode()


def with_name(literal: bytes) -> bytes:
    document = json.dumps(a_document("algorithm", {"/service/name": "NAME"}))
    return document.encode().replace(b'"NAME"', b'"' + literal + b'"')


DOSSIERS = {
    "nothing": b"",
    "null": b"null",
    "a number": b"1",
    "a text": b'"x"',
    "a list": b"[]",
    "brackets": b"[" * 100_000,
    "closed brackets": b"[" * 50_000 + b"]" * 50_000,
    "braces": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "depth in a field": with_member('"algorithm":' + "[" * 900 + "]" * 900),
    "many values": b"[" + b"0," * 300_001 + b"0]",
    "many keys": b"{" + b",".join(b'"%d":0' % number for number in range(20_000)) + b"}",
    "a doubled key": with_member('"kind":"generative"'),
    "a doubled key by escape": with_member('"k\\u0069nd":"generative"'),
    "a prototype": with_member('"__proto__":{"public":true}'),
    "a class": with_member('"__class__":"x"'),
    "not a number": with_users("NaN"),
    "infinity": with_users("Infinity"),
    "minus infinity": with_users("-Infinity"),
    "an exponent": with_users("1e9"),
    "a huge exponent": with_users("1e999999999"),
    "digits": with_users("9" * 100_000),
    "decimals": with_users("0." + "1" * 100_000),
    "a leading zero": with_users("01"),
    "hexadecimal": with_users("0x10"),
    "a negative number": with_users("-1"),
    "a high surrogate": with_name(b"\\ud800"),
    "a low surrogate": with_name(b"\\udfff"),
    "surrogates in the wrong order": with_name(b"\\udc00\\ud800"),
    "an encoded surrogate": with_name(b"\xed\xa0\x80"),
    "NUL as an escape": with_name(b"a\\u0000b"),
    "NUL as a byte": with_name(b"a\x00b"),
    "a line break in a text": with_name(b"a\nb"),
    "an overlong slash": with_name(b"\xc0\xaf"),
    "a byte of no character": with_name(b"\xff"),
    "a truncated character": with_name(b"\xe4\xbd"),
    "combining marks": with_name(b"e" + "\u0301".encode() * 5_000),
    "a surrogate as a key": with_member('"\\ud800":1'),
    "NUL as a key": with_member('"\\u0000":1'),
    "a long key": with_member('"' + "k" * 50_000 + '":1'),
    "two documents": GOOD + GOOD,
    "a comment": b"/* x */" + GOOD,
    "a trailing comma": TEXT.rstrip().removesuffix("}").encode() + b",}",
    "single quotes": b"{'kind': 'algorithm'}",
    "UTF-16": TEXT.encode("utf-16"),
    "UTF-32": TEXT.encode("utf-32"),
    "GB18030": TEXT.encode("gb18030"),
    "two byte order marks": b"\xef\xbb\xbf\xef\xbb\xbf" + GOOD,
    "gzip": b"\x1f\x8b\x08\x00" + b"\0" * 20,
    "too large": b'{"kind": "' + b"x" * (2 * 1024 * 1024) + b'"}',
}
SMALL = {
    "brackets": b"[" * 100_000,
    "braces": b'{"a":' * 50_000,
    "a list": b"[]",
    "not a number": b'{"text": NaN, "url": NaN}',
    "infinity": b'{"text": Infinity, "url": 1e999}',
    "a number": b'{"text": 1, "url": 1}',
    "a surrogate": b'{"text": "\\ud800", "url": "https://sample.example/\\ud800"}',
    "a surrogate as a key": b'{"\\ud800": "x"}',
    "NUL": b'{"text": "a\\u0000", "url": "https://sample.example/\\u0000"}',
    "invalid UTF-8": b'{"text": "\xff", "url": "\xff"}',
    "UTF-16": '{"text": "x"}'.encode("utf-16"),
    "digits": b'{"text": ' + b"9" * 100_000 + b"}",
    "a doubled key": b'{"text": "one", "text": "two", "url": "https://a.example/", "url": "https://b.example/"}',
    "a prototype": b'{"__proto__": {"text": "x"}, "text": "x"}',
}

SOME = ["brackets", "not a number", "a surrogate as a key", "NUL", "invalid UTF-8"]


def send(api, path: str, body: bytes, method: str = "POST"):
    return api.generic(method, path, body, content_type="application/json")


def is_refused(answer) -> bool:
    """Whether an answer is problem details with a place or a reason for each fault."""
    assert (400 <= answer.status_code < 500, answer.headers["Content-Type"]) == (True, "application/problem+json")
    problem = json.loads(answer.content)
    assert problem["status"] == answer.status_code
    assert all(isinstance(error["pointer"], str) and error["message"] for error in problem["errors"])
    # An answer does not grow with what was sent.
    assert len(answer.content) < 200_000
    return True


@pytest.mark.parametrize("name", DOSSIERS)
def test_a_dossier_of_hostile_json_is_refused_and_nothing_is_stored(api, name):
    started = time.perf_counter()
    assert is_refused(send(api, FILINGS, DOSSIERS[name]))
    assert time.perf_counter() - started < 5
    assert not Filing.objects.exists()


@pytest.mark.parametrize("name", ["a doubled key", "not a number", "a low surrogate", "brackets", "UTF-16"])
def test_hostile_json_is_not_checked_either(api, name):
    assert is_refused(send(api, CHECK, DOSSIERS[name]))


@pytest.mark.parametrize("name", ["a doubled key", "digits", "a high surrogate", "NUL as an escape", "brackets"])
def test_a_hostile_dossier_leaves_the_one_before(api, filer, name):
    filing = a_filing(filer)
    before = document_of(filing)
    assert is_refused(send(api, f"{FILINGS}{filing.uid}/dossier/", DOSSIERS[name], "PUT"))
    assert document_of(filing) == before


def test_one_byte_order_mark_is_no_part_of_the_dossier(api):
    assert send(api, FILINGS, b"\xef\xbb\xbf" + GOOD).status_code == 201
    assert document_of(Filing.objects.get())["kind"] == "algorithm"


@pytest.mark.parametrize("name", SMALL)
def test_a_message_of_hostile_json_is_refused_and_not_stored(api, filer, name):
    filing = a_submitted_filing(filer)
    assert is_refused(send(api, f"{FILINGS}{filing.uid}/messages/", SMALL[name]))
    assert not Comment.objects.exists()


@pytest.mark.parametrize("name", SMALL)
def test_a_webhook_of_hostile_json_is_refused_and_not_stored(api, name):
    assert is_refused(send(api, "/api/v1/webhooks/", SMALL[name]))
    assert not Webhook.objects.exists()


def test_a_webhook_whose_address_is_given_twice_is_refused(api, organization, settings):
    settings.WEBHOOKS_MAY_BE_PRIVATE = True
    rest = f'"events": ["filing.status_changed"], "organization": "{organization.uscc}"'
    body = f'{{"url": "http://127.0.0.1/one", "url": "http://127.0.0.1/two", {rest}}}'
    assert is_refused(send(api, "/api/v1/webhooks/", body.encode()))
    assert not Webhook.objects.exists()


def test_a_surrogate_in_a_description_is_refused(api, organization, settings):
    settings.WEBHOOKS_MAY_BE_PRIVATE = True
    rest = f'"events": ["filing.status_changed"], "organization": "{organization.uscc}"'
    body = f'{{"url": "http://127.0.0.1/", "description": "\\ud800", {rest}}}'
    assert is_refused(send(api, "/api/v1/webhooks/", body.encode()))
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("path", ["withdraw/", "uploads/"])
def test_a_step_with_a_hostile_body_is_not_taken(api, filer, name, path):
    filing = a_filing(filer)
    assert is_refused(send(api, f"{FILINGS}{filing.uid}/{path}", SMALL[name]))
    filing.refresh_from_db()
    assert filing.status == "draft"


def test_a_body_of_unknown_fields_is_refused_with_a_short_answer(api):
    body = b"{" + b",".join(b'"field%d":1' % number for number in range(20_000)) + b"}"
    assert is_refused(send(api, "/api/v1/webhooks/", body))


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("path", ["tokens/", "reports/", "report_subscriptions/"])
def test_other_bodies_of_hostile_json_are_refused(registrar, path, name):
    answer = send(client_of(registrar), f"/api/v1/{path}", SMALL[name])
    assert is_refused(answer)


@pytest.mark.parametrize(
    "content",
    [
        b'{"config.json": {"a": NaN}}',
        b'{"config.json": {"a": 1e999}}',
        b'{"config.json": {}, "config.json": {}}',
        b'{"config.json": ' + b"[" * 100_000,
        b'{"config.json": {"vocab_size": ' + b"9" * 10_000 + b"}}",
        b'{"config.json": {"model_type": "\\u0000"}}',
        b'{"config.json": {"model_type": "\xff"}}',
    ],
    ids=["not a number", "too large a number", "a doubled key", "brackets", "digits", "NUL", "invalid UTF-8"],
)
def test_evidence_of_hostile_json_is_refused_or_stored_as_what_can_be_read_again(api, filer, content):
    filing = a_filing(filer, "generative")
    path = f"{FILINGS}{filing.uid}/models/main/evidence/"
    answer = send(api, path, content, "PUT")
    if answer.status_code >= 400:
        assert is_refused(answer)
        assert not filing.evidence.exists()
    else:
        json.loads(api.get(path).content, parse_constant=pytest.fail)


@pytest.mark.parametrize("name", ["not a number", "brackets", "a doubled key", "a surrogate as a key", "invalid UTF-8"])
def test_lines_of_hostile_json_are_refused_one_by_one(api, name, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    content = DOSSIERS.get(name) or SMALL[name]
    body = content.replace(b"\n", b" ") + b"\n" + json.dumps(a_document("algorithm")).encode() + b"\n"
    answer = api.generic("POST", "/api/v1/imports/", body, content_type="application/x-ndjson")
    for key in running.runs_to_divide():
        running.divide(key)
    for key in running.parts_to_do():
        running.do_part(key, describe)
    results = api.get(f"{answer.headers['Location']}results/").json()["results"]
    assert [row["outcome"] for row in results] == ["refused", "opened"]
