"""The twelve cases of the reference: every expected finding, none that is forbidden, the families exactly those named."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

CASES = Path(__file__).parent.parent / "examples" / "provenance"
TRUTH = json.loads((CASES / "truth.json").read_text())["cases"]


@pytest.fixture(scope="module")
def told():
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "assess_evidence", *[str(CASES / f"{case['case']}.json") for case in TRUTH], format="json", stdout=out
        )
    assert ended.value.code == 0
    return {Path(item["file"]).stem: item for item in json.loads(out.getvalue())}


@pytest.mark.parametrize("case", TRUTH, ids=lambda case: case["case"])
def test_a_case_is_judged_as_its_truth_says(told, case):
    item = told[case["case"]]
    assert set(case["expected_findings"]) <= set(item["findings"])
    assert not set(case["forbidden_findings"]) & set(item["findings"])
    names = ("structure", "families_with_identical_structure", "families_with_same_layer_block")
    assert {name: item[name] for name in names} == {name: case[name] for name in names}
    assert bool(item["renamed"]) is ("TENSORS_RENAMED" in case["expected_findings"])


def test_the_answer_has_the_keys_of_the_contract(told):
    assert {tuple(item) for item in told.values()} == {
        ("file", "findings", "structure", "families_with_identical_structure", "families_with_same_layer_block", "renamed", "text")
    }  # fmt: skip


def test_no_case_without_a_sketch_speaks_of_weights(told):
    for case in TRUTH:
        if case["weights_truth"] == "no_evidence":
            assert "Weight origin: no evidence filed." in told[case["case"]]["text"]


def test_both_languages_say_every_part(capsys):
    texts = {}
    for language in ("en", "zh"):
        with pytest.raises(SystemExit):
            call_command("assess_evidence", *map(str, CASES.glob("x*.json")), language=language)
        texts[language] = capsys.readouterr().out
    assert texts["en"].count("Declaration and conclusion") == texts["zh"].count("申明与结论") == 12
    assert "Structure:" not in texts["zh"]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"{", "not JSON: line 1, column 2"),
        (b"[]", "no object `evidence`"),
        (b'{"evidence": {}, "evidence": {}}', "evidence: This key stands twice"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 100_000, "nested beyond all bounds"),
    ],
)
def test_what_is_no_case_is_told_and_mended(tmp_path, capsys, raw, told):
    (tmp_path / "case.json").write_bytes(raw)
    with pytest.raises(SystemExit) as ended:
        call_command("assess_evidence", str(tmp_path / "case.json"), format="json")
    item = json.loads(capsys.readouterr().out)[0]
    assert (ended.value.code, item["findings"], told in item["malformed"]) == (2, [], True)
