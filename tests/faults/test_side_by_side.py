"""Concurrent requests: one filing per reference, one case number per filing, one submission, no deadlock."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.building import a_document
from tests.faults.stack import Stack

AT_ONCE = 8
RECHECK = """
from compliance.checking.due_marks import recheck_everything
for _ in range(200):
    recheck_everything()
"""


@pytest.fixture
def stack(make_stack: Callable[..., Stack]) -> Stack:
    stack = make_stack()
    stack.up(stack.web)
    return stack


def at_once(ask: Callable[[int], tuple[int, Any]], number: int = AT_ONCE) -> list[tuple[int, Any]]:
    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(ask, range(number)))


def test_concurrent_posts_submissions_and_edits(stack):
    token = stack.token_of("filer")

    def post(reference: str, kind: str = "algorithm") -> tuple[int, Any]:
        body = json.dumps(a_document(kind, {"/reference": reference})).encode()
        return stack.call("POST", "/api/v1/filings/", body, token)

    same = at_once(lambda i: post("the same"))
    assert Counter(status for status, _ in same) == {201: 1, 200: AT_ONCE - 1}
    assert len({filing["id"] for _, filing in same}) == 1

    several = at_once(lambda i: post(f"another {i}", "algorithm" if i % 2 else "generative"))
    assert [status for status, _ in several] == [201] * AT_ONCE
    assert len({filing["case_number"] for _, filing in several}) == AT_ONCE

    one = f"/api/v1/filings/{same[0][1]['id']}/submit/"
    assert Counter(status for status, _ in at_once(lambda i: stack.call("POST", one, b"", token))) == {
        200: 1,
        409: AT_ONCE - 1,
    }

    # All filings are of one service, so each submission makes the others due; edits and a sweep do so at the same time.
    sweep = ThreadPoolExecutor(1).submit(stack.manage, "shell", "-v", "0", "-c", RECHECK)
    names = ["one name", "another name"]

    def renamed(i: int) -> int:
        document = a_document("algorithm" if i % 2 else "generative", {"/reference": f"another {i}"})
        document["service"]["name"] = names[i % 2]
        url = f"/api/v1/filings/{several[i][1]['id']}/dossier/"
        return stack.call("PUT", url, json.dumps(document).encode(), token, {"If-Match": "*"})[0]

    for _ in range(3):
        assert at_once(lambda i: (renamed(i), None)) == [(200, None)] * AT_ONCE
        names.reverse()
    urls = [f"/api/v1/filings/{filing['id']}/submit/" for _, filing in several]
    assert [status for status, _ in at_once(lambda i: stack.call("POST", urls[i], b"", token))] == [200] * AT_ONCE
    sweep.result()
