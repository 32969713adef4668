"""What clients may rely on while processes die and others write: one filing for a key, one winner among writers, no gap."""

from __future__ import annotations

import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings

from compliance.demo import ANOTHER
from tests.building import a_document
from tests.faults.stack import Stack, kill, wait_until

# A round takes some seconds, in which the web server starts again.
KILLS = 8
WRITERS = 100
# A slow transaction that began first and commits last, beside a quick one.
LATE = """
import threading
from django.db import connection, transaction
from compliance.filings import actions
from compliance.models import Change, Filing
from compliance.notices.ordering import give_positions
from registry.models import User
first, second = Filing.objects.filter(reference__startswith="late-").order_by("reference")
give_positions()
seen = Change.objects.count()
has_written, may_commit = threading.Event(), threading.Event()
def slow():
    with transaction.atomic():
        actions.submit_filing(first, by=first.opened_by)
        has_written.set()
        may_commit.wait(30)
    connection.close()
thread = threading.Thread(target=slow)
thread.start()
has_written.wait(30)
actions.withdraw_filing(second, by=second.opened_by)
give_positions()
new = Change.objects.filter(position__gt=seen).order_by("position")
print("between", *new.values_list("filing__reference", flat=True))
may_commit.set()
thread.join(30)
give_positions()
print("after", *new.values_list("filing__reference", flat=True))
"""


def dossier(reference: str, service: str = "", uscc: str | None = None) -> bytes:
    changes = {"/reference": reference, "/service/name": service or reference}
    if uscc:
        changes["/applicant/uscc"] = uscc
    return json.dumps(a_document(changes=changes)).encode()


@pytest.fixture
def stack(make_stack) -> Stack:
    stack = make_stack(shared_broker=True)
    stack.up(stack.web)
    return stack


@pytest.mark.skipif(settings.TEST_ON != "postgresql", reason="The time of CI allows it once; `make full` does both.")
@pytest.mark.timeout(300)
def test_a_filing_is_opened_once_however_often_the_web_server_is_killed(stack):
    open_under_kills(stack, KILLS)


@pytest.mark.full
@pytest.mark.timeout(1_200)
def test_a_filing_is_opened_once_under_fifty_kills(stack):
    open_under_kills(stack, 50)


def open_under_kills(stack: Stack, kills: int) -> None:
    """Kill the web server at random moments around the commit; the client sends each request until it is answered."""
    token = stack.token_of("filer")
    (before,) = stack.query("SELECT count(*) FROM compliance_filing")
    chance, stop = random.Random(12), threading.Event()
    answers: dict[str, set[Any]] = {}

    def open_one_after_the_other() -> None:
        while not stop.is_set():
            reference = f"killed-{len(answers)}"
            answers[reference] = {_until_answered(stack, reference, token)}

    client = threading.Thread(target=open_one_after_the_other)
    client.start()
    # In this thread: a child of the launcher ends with the thread that started it.
    for _ in range(kills):
        time.sleep(chance.uniform(0.0, 0.4))
        kill(stack.web)
        stack.web.start()
        # The first requests take longer than the next kill waits; they are not what is tested.
        for _ in range(4):
            wait_until(lambda: stack.call("GET", "/api/v1/filings/", token=token)[0] == 200)
    stop.set()
    client.join()
    # Sent once more, each request is answered as before.
    for reference, answered in answers.items():
        answered.add(_until_answered(stack, reference, token))
    assert all(len(answered) == 1 for answered in answers.values())
    (after,) = stack.query("SELECT count(*) FROM compliance_filing")
    assert (after - before, len(answers) >= kills) == (len(answers), True)


def _until_answered(stack: Stack, reference: str, token: str) -> tuple[int, str]:
    for _ in range(2_000):
        status, answer = stack.call(
            "POST", "/api/v1/filings/", dossier(reference), token, {"Idempotency-Key": f"key-{reference}"}
        )
        if status in (200, 201):
            return status, answer["id"]
        assert status in (0, 409), answer
        time.sleep(0.05)
    raise AssertionError(f"{reference} was never answered")


def test_of_a_hundred_writers_with_the_same_etag_one_wins_and_the_others_get_a_412(stack):
    token = stack.token_of("filer")
    filing = stack.call("POST", "/api/v1/filings/", dossier("contended"), token)[1]["id"]
    path = f"/api/v1/filings/{filing}/dossier/"
    etag = '"' + stack.query("SELECT sha256 FROM compliance_workingcopy ORDER BY id DESC LIMIT 1")[0] + '"'

    def write(number: int) -> tuple[int, Any]:
        return stack.call("PUT", path, dossier("contended", f"服务{number}"), token, {"If-Match": etag})

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(write, range(WRITERS)))
    statuses = sorted(status for status, _ in answers)
    assert statuses == [200, *[412] * (WRITERS - 1)]
    (winner,) = (answer["service"]["name"] for status, answer in answers if status == 200)
    current = {answer["current"]["dossier"]["service"]["name"] for status, answer in answers if status == 412}
    assert current == {winner}


@pytest.mark.skipif(settings.TEST_ON != "postgresql", reason="SQLite has one writer: nothing commits in between")
def test_what_commits_late_comes_later_in_the_feed(stack):
    # Two applicants, whose filings do not wait for each other.
    for name, filer, uscc in (("late-1", "filer", None), ("late-2", "stranger", ANOTHER[0])):
        body = dossier(name, uscc=uscc)
        assert stack.call("POST", "/api/v1/filings/", body, stack.token_of(filer))[0] == 201
    lines = [line.split() for line in stack.manage("shell", text=LATE).splitlines() if " late-" in line]
    assert lines == [["between", "late-2"], ["after", "late-2", "late-1"]]
