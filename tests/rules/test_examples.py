"""The example dossiers raise exactly the expected flags."""

from __future__ import annotations

import json
from datetime import date

import pytest

from compliance.dossier.faults import Malformed
from compliance.dossier.parsing import parse
from compliance.rules.evaluation import evaluate
from tests.building import EXAMPLES, example

EXPECTED = json.loads((EXAMPLES.parent / "expected-dossiers.json").read_text())


@pytest.mark.parametrize("name", [name for name, expected in EXPECTED.items() if "as_of" in expected])
def test_an_example_raises_what_is_expected_and_nothing_else(name):
    expected = EXPECTED[name]
    findings = evaluate(parse(example(name)).dossier, today=date.fromisoformat(expected["as_of"])).findings
    found = {
        level: sorted({finding.rule for finding in findings if finding.level == level})
        for level in ("error", "warning", "info")
    }
    assert found == {
        "error": sorted(expected["errors"]),
        "warning": sorted(expected["warnings"]),
        "info": [],
    }


def test_every_example_has_an_expectation():
    assert sorted(EXPECTED) == sorted(path.stem for path in EXAMPLES.glob("*.json"))


def test_the_malformed_example_is_rejected_at_the_expected_pointers():
    with pytest.raises(Malformed) as refused:
        parse(example("malformed"))
    assert [str(fault.at) for fault in refused.value.faults] == EXPECTED["malformed"]["refused_at"]
