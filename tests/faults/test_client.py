"""The Python client against the running product: check, file, follow, import, and verify a webhook."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings
from filing_client import Client, Malformed
from filing_client.command import main
from filing_client.webhooks import Forged, Receiver, Replayed

from tests.building import a_document
from tests.faults.stack import Stack, wait_until
from tests.notices.receiver import a_receiver

EXAMPLES = Path(__file__).parent.parent / "examples" / "dossiers"

pytestmark = pytest.mark.skipif(settings.TEST_ON != "postgresql", reason="The time of CI allows it once.")


@pytest.fixture
def stack(make_stack) -> Stack:
    stack = make_stack(shared_broker=True)
    for child in (stack.web, stack.worker, stack.beat):
        child.environment = {**child.environment, "WEBHOOKS_MAY_BE_PRIVATE": "1"}
    stack.up(stack.web, stack.worker, stack.beat)
    return stack


def dossier(reference: str) -> dict:
    return a_document(changes={"/reference": reference, "/service/name": reference, "/applicant/name": None})


def dumped(reference: str) -> str:
    return json.dumps(dossier(reference), ensure_ascii=False)


@pytest.mark.timeout(180)
def test_a_program_files_and_learns_what_is_missing(stack, tmp_path):
    with (
        a_receiver() as receiver,
        Client(f"http://127.0.0.1:{stack.port}/api/v1", token=stack.token_of("filer")) as client,
    ):
        applicant = a_document()["applicant"]["uscc"]
        webhook = client.webhooks.create(url=receiver.url, events=["filing.status_changed"], organization=applicant)
        with pytest.raises(Malformed) as refused:
            client.filings.open({"kind": "algorithm"})
        assert {error.pointer for error in refused.value.errors} >= {"/applicant", "/service"}
        assert "ORG-01" in {finding.rule for finding in client.check(dossier("x")).findings}

        filing = client.filings.open(dossier("by the client"))
        client.filings.submit(filing.id)
        checked = client.filings.wait_until_checked(filing.id, timeout=60)
        assert checked.status == "submitted"
        assert ("ORG-01", "/applicant/name") in [(flag.rule, flag.at) for flag in client.filings.flags(filing.id)]
        assert filing.id in {found.id for found in client.filings.list(status="submitted")}

        lines = tmp_path / "dossiers.ndjson"
        lines.write_text("\n".join([dumped("one"), dumped("two"), "{}"]))
        run = client.imports.wait(client.imports.start(lines, submit=True).id, timeout=60)
        results = [(result.outcome, result.status) for result in client.imports.results(run.id)]
        assert results == [("opened", "submitted"), ("opened", "submitted"), ("refused", None)]

        wait_until(lambda: len(receiver.accepted) >= 6, 60)
        verified = Receiver(webhook.secret)
        headers, body = receiver.accepted[0]
        assert verified.verify(body, headers)["data"]["verb"] == "open"
        with pytest.raises(Replayed):
            verified.verify(body, headers)
        with pytest.raises(Forged):
            Receiver(webhook.secret).verify(body.replace(b"open", b"decide"), headers)


@pytest.mark.timeout(180)
def test_the_command_submits_waits_and_fails_while_errors_are_open(stack, tmp_path, capsys):
    path = tmp_path / "dossier.json"
    path.write_text(dumped("by the command"))
    reach = ["--url", f"http://127.0.0.1:{stack.port}/api/v1", "--token", stack.token_of("filer")]
    assert main([*reach, "submit", str(path), "--wait"]) == 1
    assert "ORG-01" in capsys.readouterr().out
    assert main([*reach, "import", str(path.with_name("none.ndjson"))]) == 2
    assert main([*reach, "export", "--format", "csv"]) == 0
    assert "by the command" in capsys.readouterr().out
