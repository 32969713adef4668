"""A bulk import whose workers are killed in the middle: every dossier once, and the import ends."""

from __future__ import annotations

import json
import time

import pytest

from tests.building import a_document
from tests.faults.stack import Stack, kill, wait_until

DOSSIERS = 300

# CI has no time for it; `make full` before a release.
pytestmark = pytest.mark.full


def content() -> bytes:
    documents = (a_document(changes={"/reference": f"bulk {i}", "/service/name": f"服务{i}"}) for i in range(DOSSIERS))
    return b"\n".join(json.dumps(document).encode() for document in documents)


@pytest.mark.timeout(240)
def test_an_import_whose_workers_are_killed_goes_on_where_it_stopped(make_stack):
    stack: Stack = make_stack(shared_broker=True)
    stack.up(stack.web, stack.worker, stack.beat)
    token = stack.token_of("filer")
    headers = {"Content-Type": "application/x-ndjson"}
    status, run = stack.call("POST", "/api/v1/imports/", content(), token, headers)
    assert (status, run["state"]) == (202, "waiting")
    path = f"/api/v1/imports/{run['id']}/"

    def done() -> int:
        return stack.call("GET", path, token=token)[1]["done"]

    for share in (0.2, 0.6):
        wait_until(lambda share=share: done() >= DOSSIERS * share, 60)
        kill(stack.worker)
        time.sleep(0.5)
        stack.worker.start()
    wait_until(lambda: stack.call("GET", path, token=token)[1]["state"] == "finished", 120)
    ended = stack.call("GET", path, token=token)[1]
    assert (ended["percent"], ended["counts"]) == (100, {"opened": DOSSIERS, "known": 0, "refused": 0})
    assert stack.query("SELECT count(*) FROM compliance_filing WHERE reference LIKE 'bulk %'") == (DOSSIERS,)
    assert stack.query("SELECT count(*) FROM compliance_change WHERE type = 'import.finished'") == (1,)
