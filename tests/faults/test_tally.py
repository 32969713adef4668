"""The tally of random kills finds what is wrong, each kind of it."""

from __future__ import annotations

import json
from unittest.mock import patch

import pytest

from tests.faults.tally import tally

FLAG = ["kill-0", "ORG-03", "/applicant/governance", "missing:monitoring"]
WHOLE = {
    "filings": [["id-0", "kill-0"]],
    "flags": [FLAG],
    "events": [["kill-0", "open"], ["kill-0", "submit"]],
    "faults": [],
}
FINDING = {"rule": "ORG-03", "at": "/applicant/governance", "variant": "missing:monitoring"}


def counted(**changes):
    outputs = {"shell": json.dumps({**WHOLE, **changes}), "check_dossier": json.dumps([{"findings": [FINDING]}])}
    with patch("tests.faults.tally.manage", side_effect=lambda _environment, command, *rest, **more: outputs[command]):
        return tally({}, {0: "id-0"})


def test_what_is_whole_is_whole():
    assert counted().is_whole
    # A document that nobody uploaded is known to the registry alone.
    assert counted(flags=[FLAG, ["kill-0", "DOC-05", "/documents/0", ""]]).is_whole


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"filings": []}, "lost"),
        ({"filings": [["another", "kill-0"]]}, "lost"),
        ({"events": [["kill-0", "open"]]}, "lost"),
        ({"filings": [["id-0", "kill-0"], ["id-1", "kill-0"]]}, "doubled"),
        ({"events": [*WHOLE["events"], ["kill-0", "submit"]]}, "doubled"),
        ({"flags": [FLAG, FLAG]}, "doubled"),
        ({"flags": []}, "flagged_otherwise"),
        ({"flags": [FLAG, ["kill-0", "ALG-03", "/algorithm", ""]]}, "flagged_otherwise"),
        ({"flags": [[*FLAG[:3], "missing"]]}, "flagged_otherwise"),
        ({"faults": ["F2026-000001: the chain is broken at 2"]}, "broken_chains"),
    ],
)
def test_what_is_wrong_is_found(changes, found):
    result = counted(**changes)
    assert getattr(result, found)
    assert not result.is_whole
