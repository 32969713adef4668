"""No innocent is accused: each known model as a stranger's own, with its own family taken out of the table."""

from __future__ import annotations

from compliance.provenance import findings as codes
from compliance.provenance.references import without
from compliance.provenance.verdict import Verdict, assess
from compliance.provenance.wording import as_text
from tests.provenance.making import as_safetensors, config_of, models, shapes_of

OF_WEIGHTS = {codes.WEIGHTS_MATCH, codes.UNDECLARED_WEIGHT_REUSE}


def as_a_strangers(id: str) -> Verdict:
    evidence = {
        "safetensors_header": as_safetensors(shapes_of(id)),
        "config.json": config_of(id, architectures=["OwnForCausalLM"], model_type="own"),
    }
    declaration = {"model_name": "Own-1", "claim": "self-developed"}
    return assess(declaration, evidence, known=without({models()[id]["family"]}))


def doubles(verdict: Verdict) -> bool:
    """Same block and depth, and a vocabulary equal or up to twice as large."""
    return any(
        reference.depth == verdict.structure.depth
        and reference.vocabulary <= verdict.structure.vocabulary <= 2 * reference.vocabulary
        for reference in verdict.comparison.same_block
    )


def test_no_verdict_on_an_innocent_says_weights(capsys):
    verdicts = {id: as_a_strangers(id) for id in models()}
    assert not [id for id, verdict in verdicts.items() if verdict.found & OF_WEIGHTS]
    assert all("Weight origin: no evidence filed." in as_text(verdict, "en") for verdict in verdicts.values())
    counts = {
        "same layer block": sum(bool(verdict.comparison.same_block) for verdict in verdicts.values()),
        "same block and depth, vocabulary up to twice": sum(doubles(verdict) for verdict in verdicts.values()),
        "identical structure": sum(verdict.comparison.kind == "identical" for verdict in verdicts.values()),
    }
    with capsys.disabled():
        print(f"\nOf {len(verdicts)} innocents, structure alone would have accused: {counts}. Weights: none.")
    # The same figures as the prototype of the reference measured (provenance.md §1).
    assert list(counts.values()) == [49, 27, 13]
