"""Draft models for speculative decoding: they derive from their target by training on its outputs, not by its weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.provenance import findings as codes
from compliance.provenance.assessing import assess
from compliance.provenance.cards import read_card
from compliance.rules.wording import message
from tests.building import a_dossier, flagged, judged
from tests.provenance.making import as_safetensors, shapes_of

WILD = Path(__file__).parent.parent / "examples" / "wild"
NOTE = "By its tags this is a draft model"


def test_the_card_found_in_the_wild_is_that_of_a_draft_model():
    card = read_card((WILD / "w05-eagle3-draft.md").read_bytes())
    assert (card.base_models, card.relation) == (["moonshotai/Kimi-K2.5"], "draft_model")
    assert any(NOTE in note.message("en") for note in card.notes)


@pytest.mark.parametrize("tag", ["eagle3", "speculative-decoding", "draft-model", "medusa", "speculators"])
def test_a_tag_of_speculative_decoding_makes_a_draft_model(tag):
    card = read_card(f"---\nbase_model: Qwen/Qwen3-8B\ntags: [{tag}]\n---\n# X\n".encode())
    assert card.relation == "draft_model"


@pytest.mark.parametrize(
    ("front", "relation"),
    [
        ("base_model: Qwen/Qwen3-8B\ntags: [mtp]", "finetune"),
        ("base_model: Qwen/Qwen3-8B\ntags: [draft]", "finetune"),
        ("base_model: Qwen/Qwen3-8B\nbase_model_relation: finetune\ntags: [eagle3]", "finetune"),
        ("base_model: Qwen/Qwen3-8B\nbase_model_relation: draft model", "draft_model"),
    ],
)
def test_other_cards_keep_their_relation(front, relation):
    assert read_card(f"---\n{front}\n---\n# X\n".encode()).relation == relation


def test_the_small_structure_of_a_draft_model_does_not_contradict_its_target():
    declaration = {
        "model_name": "Draft",
        "claim": "",
        "base_model": "Qwen/Qwen3-8B",
        "base_model_relation": "draft_model",
    }
    verdict = assess(declaration, {"safetensors_header": as_safetensors(shapes_of("llama-3.2-1b", depth=4))})
    assert not verdict.found & codes.AGAINST


TARGET = {
    "key": "target",
    "name": "Llama-3.1-8B",
    "used_by_service": False,
    "developer": {"name": "Meta", "country": "US"},
    "license": "LicenseRef-Llama-3.1",
}


def drafted(relation: str):
    return a_dossier(
        "generative",
        {"/models/-": TARGET, "/models/0/derived_from": [{"key": "target", "relation": relation}]},
    )


def test_no_number_of_the_target_is_asked_for_and_its_license_reaches_the_draft():
    """As with distillation: weights do not pass (PRO-03, PRO-04, PRO-07), duties that reach outputs do (PRO-08)."""
    by_distillation = [line for line in flagged(drafted("distillation")) if line[0].startswith("PRO")]
    by_drafting = [line for line in flagged(drafted("draft_model")) if line[0].startswith("PRO")]
    assert by_drafting == by_distillation
    assert {"PRO-03", "PRO-04", "PRO-07"}.isdisjoint(code for code, _ in by_drafting)
    assert "PRO-08" in {code for code, _ in by_drafting}
    assert {"PRO-07"} <= {code for code, _ in flagged(drafted("finetune"))}
    assert all(message(finding, "zh") for finding in judged(drafted("draft_model")).findings)
