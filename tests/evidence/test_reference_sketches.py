"""Reference sketches: committed, made with the seed, stored, and compared with all filed evidence."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from compliance.evidence.actions import file_evidence
from compliance.filings import actions
from compliance.models import Filing, Flag, ReferenceSketch
from tests.api.test_evidence import url_of
from tests.building import parsed
from tests.making_filings import a_filing, check_everything

CASES = Path(__file__).parent.parent / "examples" / "provenance"
MATCHING = json.loads((CASES / "x011.json").read_text())["evidence"]
STRANGER = json.loads((CASES / "x012.json").read_text())["evidence"]
HASHES = {"model.safetensors": "A" * 64}


def add(tmp_path: Path, name: str, option: str, evidence: dict[str, Any], **more: Any) -> str:
    path, out = tmp_path / "evidence.json", io.StringIO()
    path.write_text(json.dumps({"evidence": evidence}))
    call_command("add_reference_sketch", name, **{option: path}, stdout=out, **more)
    return out.getvalue()


def with_seed(sketch: dict[str, Any]) -> dict[str, Any]:
    """Return the sketch with the seed of the latest reference; all examples have the same seed."""
    return {**sketch, "seed": ReferenceSketch.objects.latest("pk").seed}


def flagged(filing: Filing) -> list[tuple[str, list[str]]]:
    check_everything()
    flags = Flag.objects.unresolved().filter(filing=filing, rule="PRO-09")
    return [(flag.variant, flag.values["families"]) for flag in flags]


def test_a_reference_is_committed_then_stored_then_compared_with_all_filed_evidence(db, tmp_path, filer, api):
    assert "The seed is" in add(tmp_path, "ref/base-A", "commit", {"file_hashes": HASHES})
    filing = a_filing(filer, "generative")
    file_evidence(filing, "main", {"weight_sketch": with_seed(MATCHING["weight_sketch"])}, by=filer)
    assert flagged(filing) == []
    reference = with_seed(MATCHING["reference_sketches"]["ref/base-A"])
    output = add(tmp_path, "ref/base-A", "sketch", {"weight_sketch": reference, "file_hashes": HASHES})
    assert "Models with evidence compared again: 1" in output
    assert flagged(filing) == [("weights", ["ref/base-A"])]
    verdict = api.get(url_of(filing)).json()["verdict"]
    assert {"WEIGHTS_MATCH", "UNDECLARED_WEIGHT_REUSE"} <= set(verdict["findings"])
    declared = {"/models/0/derived_from": [{"key": "base", "relation": "finetune"}], "/models/0/development": "derived",
                "/models/-": {"key": "base", "name": "base-A"}}  # fmt: skip
    actions.edit_dossier(Filing.objects.get(pk=filing.pk), parsed("generative", declared), by=filer)
    assert "UNDECLARED_WEIGHT_REUSE" not in api.get(url_of(filing)).json()["verdict"]["findings"]


def test_an_independent_model_stays_independent(db, tmp_path, filer, api):
    add(tmp_path, "ref/base-A", "commit", {"file_hashes": HASHES})
    reference = with_seed(STRANGER["reference_sketches"]["ref/base-A"])
    add(tmp_path, "ref/base-A", "sketch", {"weight_sketch": reference})
    filing = a_filing(filer, "generative")
    file_evidence(filing, "main", {"weight_sketch": with_seed(STRANGER["weight_sketch"])}, by=filer)
    assert flagged(filing) == []
    assert api.get(url_of(filing)).json()["verdict"]["findings"] == ["WEIGHTS_INDEPENDENT"]


def test_a_file_identical_to_a_public_one_is_a_match(db, tmp_path, filer):
    add(tmp_path, "meta-llama/Llama-2-7b", "commit", {"file_hashes": HASHES})
    filing = a_filing(filer, "generative")
    file_evidence(filing, "main", {"file_hashes": {"own.safetensors": "a" * 64}}, by=filer)
    assert flagged(filing) == [("weights", ["Llama-2"])]


def test_hashes_filed_before_the_commitment_are_compared(db, tmp_path, filer):
    filing = a_filing(filer, "generative")
    file_evidence(filing, "main", {"file_hashes": {"own.safetensors": "a" * 64}}, by=filer)
    assert flagged(filing) == []
    add(tmp_path, "meta-llama/Llama-2-7b", "commit", {"file_hashes": HASHES})
    assert flagged(filing) == [("weights", ["Llama-2"])]


@pytest.mark.parametrize(
    ("option", "evidence", "message"),
    [
        ("sketch", {"weight_sketch": MATCHING["weight_sketch"]}, "not committed to"),
        ("commit", {"file_hashes": {"a": "x"}}, "64 hexadecimal digits"),
        ("commit", {}, "contains no file_hashes"),
        ("sketch", {"weight_sketch": {}}, "not a weight sketch"),
    ],
)
def test_an_invalid_reference_is_refused(db, tmp_path, option, evidence, message):
    with pytest.raises(CommandError, match=message):
        add(tmp_path, "ref/x", option, evidence)
    assert ReferenceSketch.objects.count() == 0


def test_a_different_seed_and_different_files_are_refused(db, tmp_path):
    add(tmp_path, "ref/base-A", "commit", {"file_hashes": HASHES})
    sketch = MATCHING["reference_sketches"]["ref/base-A"]
    with pytest.raises(CommandError, match="was taken with the seed"):
        add(tmp_path, "ref/base-A", "sketch", {"weight_sketch": sketch})
    with pytest.raises(CommandError, match="differ from those that were committed to"):
        add(tmp_path, "ref/base-A", "sketch", {"weight_sketch": with_seed(sketch), "file_hashes": {"b": "b" * 64}})
    with pytest.raises(CommandError, match="is already committed to"):
        add(tmp_path, "ref/base-A", "commit", {"file_hashes": HASHES})
    assert ReferenceSketch.objects.get().added_at is None


def test_all_references_share_one_seed_until_a_new_one_is_requested(db, tmp_path):
    for name, more in (("a", {}), ("b", {}), ("c", {"new_seed": True})):
        add(tmp_path, name, "commit", {"file_hashes": HASHES}, **more)
    first, second, third = ReferenceSketch.objects.order_by("pk").values_list("seed", flat=True)
    assert first == second != third
