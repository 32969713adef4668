"""From a post to its flags with a real worker and broker. Failures on the way lose and duplicate nothing."""

from __future__ import annotations

import json
import shutil
import time

import pytest

from tests.building import a_document
from tests.faults.stack import Stack, freeze, kill, thaw, wait_until

GAPS = ["ALG-03", "ORG-03", "ORG-03", "ORG-03", "ORG-04"]
# The flags after the submission: the seven documents were not uploaded.
FLAGS = sorted([*GAPS, *["DOC-05"] * 7])
QUICK = 3.0


def opened_and_submitted(stack: Stack, token: str, reference: str = "algorithm-incomplete") -> tuple[str, float]:
    """Post and submit the incomplete example. Return its URL and the seconds of the slower response."""
    body = json.dumps(a_document("algorithm-incomplete", {"/reference": reference, "/service/launched_on": None}))
    took = []
    began = time.monotonic()
    status, filing = stack.call("POST", "/api/v1/filings/", body.encode(), token)
    took.append(time.monotonic() - began)
    assert status == 201
    url = f"/api/v1/filings/{filing['id']}/"
    began = time.monotonic()
    assert stack.call("POST", f"{url}submit/", b"", token)[0] == 200
    took.append(time.monotonic() - began)
    return url, max(took)


def flags_of(stack: Stack, url: str, token: str) -> list[str] | None:
    """Return the rules of the unresolved flags, or None while a check is due."""
    status, data = stack.call("GET", f"{url}flags/", b"", token)
    assert status == 200
    return None if data["due"] else sorted(flag["rule"] for flag in data["results"])


def test_a_submitted_filing_gets_its_flags(make_stack):
    stack = make_stack(shared_broker=True)
    stack.up(stack.web, stack.worker, stack.beat)
    token = stack.token_of("filer")
    url, took = opened_and_submitted(stack, token)
    waited = wait_until(lambda: flags_of(stack, url, token) is not None)
    assert (flags_of(stack, url, token), took < QUICK, waited < 10) == (FLAGS, True, True)
    assert stack.call("GET", url, b"", stack.token_of("stranger"))[0] == 404


def test_a_hanging_broker_delays_no_request_and_no_check_is_lost(make_stack):
    stack = make_stack()
    stack.up(stack.web, stack.worker, stack.beat)
    token = stack.token_of("filer")
    freeze(stack.broker.child)
    filings = [opened_and_submitted(stack, token, f"hung-{i}") for i in range(3)]
    assert max(took for _, took in filings) < QUICK
    assert all(flags_of(stack, url, token) is None for url, _ in filings)
    thaw(stack.broker.child)
    for url, _ in filings:
        wait_until(lambda url=url: flags_of(stack, url, token) == FLAGS)


def test_a_dead_broker_delays_no_request_and_no_check_is_lost(make_stack):
    stack = make_stack()
    stack.up(stack.web, stack.worker, stack.beat)
    token = stack.token_of("filer")
    kill(stack.broker.child)
    filings = [opened_and_submitted(stack, token, f"gone-{i}") for i in range(3)]
    assert max(took for _, took in filings) < QUICK
    stack.broker.child.start()
    for url, _ in filings:
        wait_until(lambda url=url: flags_of(stack, url, token) == FLAGS)


def test_filings_submitted_while_worker_and_beat_were_dead_are_checked_later(make_stack):
    stack = make_stack()
    stack.up(stack.web)
    token = stack.token_of("filer")
    url, _ = opened_and_submitted(stack, token)
    kill(stack.broker.child)
    shutil.rmtree(stack.folder / "appendonlydir")
    stack.up(stack.worker, stack.beat)
    wait_until(lambda: flags_of(stack, url, token) == FLAGS)


MANY = 600
ENTER_MANY = """
import json
from django.utils import timezone
from compliance.filings import actions
from compliance.dossier.parsing import parse
from compliance.models import Filing
from registry.models import User
import sys
document = json.load(sys.stdin)
by = User.objects.get(username="filer")
for i in range({many}):
    document["reference"] = f"many-{{i}}"
    document["service"]["name"] = f"service {{i}}"
    actions.open_filing(parse(json.dumps(document).encode()), by=by)
"""
COUNT = """
SELECT (SELECT count(*) FROM compliance_filing WHERE due_since IS NOT NULL),
       count(*), count(DISTINCT f.filing_id || f.rule || f.at || f.variant)
FROM compliance_flag f JOIN compliance_filing g ON g.id = f.filing_id WHERE g.reference LIKE 'many-%'
"""


@pytest.mark.timeout(240)
def test_a_worker_killed_during_a_check_loses_and_duplicates_no_flags(make_stack):
    stack = make_stack()
    document = a_document("algorithm-incomplete", {"/service/launched_on": None})
    stack.manage("shell", "-v", "0", "-c", ENTER_MANY.format(many=MANY), text=json.dumps(document))
    stack.up(stack.worker, stack.beat)
    wait_until(lambda: stack.query(COUNT)[1] > 0)
    kill(stack.worker)
    due, flags, different = stack.query(COUNT)
    assert due > 0, "the worker finished before it was killed, so the test proves nothing"
    assert flags == different
    stack.up(stack.worker)
    wait_until(lambda: stack.query(COUNT)[0] == 0, 90)
    assert stack.query(COUNT) == (0, MANY * len(GAPS), MANY * len(GAPS))


def test_checks_continue_after_a_restart_of_beat(make_stack):
    stack = make_stack()
    stack.up(stack.web, stack.worker, stack.beat)
    token = stack.token_of("filer")
    kill(stack.beat)
    freeze(stack.broker.child)
    url, _ = opened_and_submitted(stack, token)
    time.sleep(2)
    thaw(stack.broker.child)
    stack.up(stack.beat)
    wait_until(lambda: flags_of(stack, url, token) == FLAGS)
