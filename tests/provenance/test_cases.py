"""
The twelve cases of the reference: all expected findings, no forbidden finding, the named families.

Their answers were written for a smaller table: families that have joined since and share a block are named, too.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

CASES = Path(__file__).parent.parent / "examples" / "provenance"
TRUTH = json.loads((CASES / "truth.json").read_text())["cases"]


# Families with the block of a case that the table of the reference did not have, or with a model that it did not have.
JOINED = {"OpenLLaMA", "EXAONE", "Emu3", "Ministral", "Granite"}


@pytest.fixture(scope="module")
def items():
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "assess_evidence", *[str(CASES / f"{case['case']}.json") for case in TRUTH], format="json", stdout=out
        )
    assert ended.value.code == 0
    return {Path(item["file"]).stem: item for item in json.loads(out.getvalue())}


@pytest.mark.parametrize("case", TRUTH, ids=lambda case: case["case"])
def test_a_case_gets_the_expected_verdict(items, case):
    item = items[case["case"]]
    assert set(case["expected_findings"]) <= set(item["findings"])
    assert not set(case["forbidden_findings"]) & set(item["findings"])
    assert item["structure"] == case["structure"]
    assert item["families_with_identical_structure"] == case["families_with_identical_structure"]
    more = set(item["families_with_same_layer_block"]) - set(case["families_with_same_layer_block"])
    assert set(case["families_with_same_layer_block"]) <= set(item["families_with_same_layer_block"])
    assert more <= JOINED
    assert bool(item["renamed"]) is ("TENSORS_RENAMED" in case["expected_findings"])


def test_the_result_has_the_keys_of_the_contract(items):
    assert {tuple(item) for item in items.values()} == {
        ("file", "findings", "structure", "families_with_identical_structure", "families_with_same_layer_block", "renamed", "text")
    }  # fmt: skip


def test_a_case_without_a_sketch_makes_no_claim_about_weights(items):
    for case in TRUTH:
        if case["weights_truth"] == "no_evidence":
            assert "Weight origin: no evidence filed." in items[case["case"]]["text"]


def test_both_languages_have_every_part(capsys):
    texts = {}
    for language in ("en", "zh"):
        with pytest.raises(SystemExit):
            call_command("assess_evidence", *map(str, CASES.glob("x*.json")), language=language)
        texts[language] = capsys.readouterr().out
    assert texts["en"].count("Declaration and conclusion") == texts["zh"].count("申明与结论") == 12
    assert "Structure:" not in texts["zh"]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"{", "not valid JSON: line 1, column 2"),
        (b"[]", "object `evidence` is missing"),
        (b'{"evidence": {}, "evidence": {}}', "evidence: This key occurs twice"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_an_invalid_case_file_is_reported_with_its_fix(tmp_path, capsys, raw, message):
    (tmp_path / "case.json").write_bytes(raw)
    with pytest.raises(SystemExit) as ended:
        call_command("assess_evidence", str(tmp_path / "case.json"), format="json")
    item = json.loads(capsys.readouterr().out)[0]
    assert (ended.value.code, item["findings"], message in item["malformed"]) == (2, [], True)
