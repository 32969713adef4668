"""Requests that are sent again: Idempotency-Key, and the id of a request."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from compliance.models import Event, Filing
from registry.api.idempotency import forget_old_answers
from registry.models import KeptAnswer
from tests.building import a_document
from tests.conftest import client_of
from tests.making_filings import a_filing


@pytest.fixture
def api(filer):
    return client_of(filer)


def post(api, body=None, key="a-key", path="filings/", **headers):
    return api.post(
        f"/api/v1/{path}",
        a_document() if body is None else body,
        format="json",
        headers={"Idempotency-Key": key, **headers},
    )


def test_the_same_request_gets_the_same_answer_and_changes_nothing_twice(api):
    first, second = post(api), post(api)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert [answer.headers.get("Idempotency-Replayed") for answer in (first, second)] == [None, "true"]
    for name in ("Location", "ETag", "Content-Type"):
        assert first.headers[name] == second.headers[name]
    assert (Filing.objects.count(), Event.objects.count()) == (1, 1)


def test_a_submission_sent_again_is_answered_as_before(api, filer):
    path = f"filings/{a_filing(filer).uid}/submit/"
    first, second = (post(api, {}, path=path) for _ in range(2))
    assert (first.status_code, second.status_code, first.content) == (200, 200, second.content)


def test_a_key_is_not_used_for_another_request(api):
    post(api)
    answer = post(api, a_document(changes={"/reference": "another"}))
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert post(api, path="check/").json()["code"] == "key_reused"
    assert Filing.objects.count() == 1


def test_the_keys_of_two_people_are_apart(api, stranger):
    post(api)
    assert post(client_of(stranger)).json()["code"] == "no_standing"


def test_a_refused_request_can_be_mended_and_sent_again_with_its_key(api):
    assert post(api, {"kind": "algorithm"}).status_code == 400
    assert post(api).status_code == 201


@pytest.mark.parametrize("key", ["", "two words", "é", "x" * 256])
def test_an_invalid_key_is_refused(api, key):
    assert (post(api, key=key).json()["code"], Filing.objects.count()) == ("bad_key", 0)


def test_an_answer_is_kept_for_a_day(api):
    post(api)
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        assert (forget_old_answers(), post(api).status_code) == (0, 201)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        # The dossier itself is still known, so it is not opened twice.
        assert (forget_old_answers(), KeptAnswer.objects.count(), post(api).status_code) == (1, 0, 200)


@pytest.mark.parametrize(
    ("given", "is_taken"), [("my-id.1", True), ("x" * 65, False), ("two words", False), ("", False)]
)
def test_a_request_id_is_in_the_answer_the_problem_and_the_log(api, given, is_taken, caplog):
    with caplog.at_level(logging.INFO, "registry.api"):
        answer = api.get("/api/v1/filings/?page_size=x", headers={"X-Request-Id": given})
    returned = answer.headers["X-Request-Id"]
    assert (returned == given, json.loads(answer.content)["request_id"]) == (is_taken, returned)
    assert any("400 GET /api/v1/filings/" in record.getMessage() for record in caplog.records)
    assert not any("Bearer" in record.getMessage() for record in caplog.records)


def test_the_text_of_a_token_is_not_stored_readably(api):
    answers = [post(api, {"name": "a script"}, path="tokens/") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    kept = KeptAnswer.objects.get()
    assert answers[0].json()["token"] not in f"{kept.body} {kept.headers} {kept.key}"
