"""COR and ANN: the declarations on training data and its annotation."""

from __future__ import annotations

import pytest

from compliance.dossier.risks import RISKS
from tests.building import ABSENT, a_document, a_dossier, flagged, flagged_in_full

CORPUS = "/models/0/corpora/0"
ANNOTATION = "/models/0/annotation"
PROOFS = {
    "open_source": ["license"],
    "self_collected": ["collection_record"],
    "commercial": ["contract", "supplier_commitment"],
    "user_input": ["user_authorization"],
    "synthetic": ["generation_record"],
}


def of(rule, dossier, **asked):
    return [each for each in flagged_in_full(dossier, **asked) if each[0] == rule]


# COR-01, COR-02
@pytest.mark.parametrize("nothing", [None, []])
def test_only_cor01_flags_missing_corpora(nothing):
    assert flagged_in_full(a_dossier("generative", {"/models/0/corpora": nothing})) == [
        ("COR-01", "/models/0/corpora", "error", "missing")
    ]


@pytest.mark.parametrize(("source_type", "proofs"), PROOFS.items())
def test_cor02_requires_the_proof_of_each_source_type(source_type, proofs):
    changes = {
        f"{CORPUS}/source_type": source_type,
        f"{CORPUS}/generator": {"model": "样例模型"},
        f"{CORPUS}/proof": [],
    }
    assert flagged_in_full(a_dossier("generative", changes)) == [
        ("COR-02", f"{CORPUS}/proof", "error", f"lacks:{proof}") for proof in proofs
    ]
    assert flagged_in_full(a_dossier("generative", {**changes, f"{CORPUS}/proof": proofs})) == []


@pytest.mark.parametrize(
    ("generator", "at"),
    [(None, f"{CORPUS}/generator"), ({"generated_on": "2026-01-01"}, f"{CORPUS}/generator/model")],
)
def test_cor02_requires_the_model_that_generated_synthetic_data(generator, at):
    changes = {
        f"{CORPUS}/source_type": "synthetic",
        f"{CORPUS}/proof": ["generation_record"],
        f"{CORPUS}/generator": generator,
    }
    assert flagged_in_full(a_dossier("generative", changes)) == [("COR-02", at, "error", "missing")]


def test_only_cor12_flags_a_missing_source_type():
    changes = {f"{CORPUS}/source_type": None, f"{CORPUS}/proof": None, f"{CORPUS}/robots_respected": None}
    assert flagged_in_full(a_dossier("generative", changes)) == [
        ("COR-12", f"{CORPUS}/source_type", "error", "missing")
    ]


# COR-03 to COR-08: a whole section
@pytest.mark.parametrize(
    ("section", "rule"),
    [
        ("source_check", "COR-04"),
        ("post_check", "COR-04"),
        ("manual_sample", "COR-06"),
        ("technical_sample", "COR-08"),
    ],
)
@pytest.mark.parametrize("nothing", [None, {}])
def test_a_missing_sample_is_one_gap(section, rule, nothing):
    at = f"{CORPUS}/{section}"
    assert flagged_in_full(a_dossier("generative", {at: nothing})) == [(rule, at, "warning", "missing")]


# COR-09, COR-10
@pytest.mark.parametrize(("basis", "variant"), [(None, "missing"), ("none", "no_basis")])
def test_cor09_requires_a_basis(basis, variant):
    at = f"{CORPUS}/personal_information_basis"
    changes = {f"{CORPUS}/personal_information": True, at: basis}
    assert flagged_in_full(a_dossier("generative", changes)) == [("COR-09", at, "error", variant)]


@pytest.mark.parametrize("basis", ["consent", "law"])
def test_cor09_takes_consent_or_law(basis):
    changes = {f"{CORPUS}/personal_information": True, f"{CORPUS}/personal_information_basis": basis}
    assert flagged_in_full(a_dossier("generative", changes)) == []


@pytest.mark.parametrize(("consent", "variant"), [(None, "missing"), (False, "not_true")])
def test_cor09_requires_separate_consent_to_sensitive_data(consent, variant):
    at = f"{CORPUS}/separate_consent"
    changes = {f"{CORPUS}/sensitive_personal_information": True, at: consent}
    assert flagged_in_full(a_dossier("generative", changes)) == [("COR-09", at, "error", variant)]
    assert flagged_in_full(a_dossier("generative", {**changes, at: True})) == []


@pytest.mark.parametrize(("respected", "variant"), [(None, "missing"), (False, "not_true")])
def test_cor10_requires_that_refusals_were_respected(respected, variant):
    at = f"{CORPUS}/robots_respected"
    assert flagged_in_full(a_dossier("generative", {at: respected})) == [("COR-10", at, "error", variant)]


def test_cor10_applies_only_to_self_collected_corpora():
    assert flagged_in_full(a_dossier("generative", {"/models/0/corpora/1/robots_respected": False})) == []


# COR-11
def corpora(*spoiled):
    """Return changes to complete corpora with these sources, origins and modalities."""
    first = a_document("generative")["models"][0]["corpora"][0]
    return {"/models/0/corpora": [{**first, "origin": "domestic", **each} for each in spoiled]}


AT = "/models/0/corpora"


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ([{"source_name": "a"}, {"source_name": "b"}], []),
        ([{"source_name": "a"}], ["one_source:text"]),
        ([{"source_name": "a"}, {"source_name": " Ａ "}], ["one_source:text"]),
        ([{"source_name": None, "name": "a"}, {"source_name": "a"}], ["one_source:text"]),
        ([{"source_name": None, "name": None}, {"source_name": None, "name": None}], []),
        (
            [{"source_name": "a"}, {"source_name": "b"}, {"source_name": "c", "modality": "image"}],
            ["one_source:image"],
        ),
        ([{"source_name": "a"}, {"source_name": "b", "origin": "overseas"}], []),
        (
            [{"source_name": "a", "origin": "overseas"}, {"source_name": "b", "origin": "overseas"}],
            ["overseas_only"],
        ),
    ],
)
def test_cor11_requires_several_sources_and_a_domestic_one(listed, found):
    assert flagged_in_full(a_dossier("generative", corpora(*listed))) == [
        ("COR-11", AT, "warning", variant) for variant in found
    ]


# COR-12, COR-13, COR-14
@pytest.mark.parametrize("field", ["source_type", "modality"])
def test_cor12_requires_a_source_type_and_a_modality(field):
    at = f"{CORPUS}/{field}"
    assert of("COR-12", a_dossier("generative", {at: None})) == [("COR-12", at, "error", "missing")]


@pytest.mark.parametrize("value", ["items", "tokens", "bytes"])
def test_cor12_takes_any_size(value):
    nothing = {f"{CORPUS}/{name}": None for name in ("items", "tokens", "bytes")}
    assert flagged_in_full(a_dossier("generative", nothing)) == [("COR-12", f"{CORPUS}/items", "error", "no_size")]
    assert flagged_in_full(a_dossier("generative", {**nothing, f"{CORPUS}/{value}": 0})) == []


@pytest.mark.parametrize("ways", [None, [], ["keywords"], ["manual", "classifier"]])
def test_cor13_names_the_ways_that_are_missing(ways):
    at = f"{CORPUS}/filters"
    assert flagged_in_full(a_dossier("generative", {at: ways})) == [("COR-13", at, "warning", "incomplete")]


@pytest.mark.parametrize("field", ["owner", "policy", "complaint_channel"])
def test_cor14_requires_a_person_a_policy_and_a_channel_for_intellectual_property(field):
    at = f"/assessment/ip/{field}"
    assert flagged_in_full(a_dossier("generative", {at: " "})) == [("COR-14", at, "error", "missing")]
    assert flagged_in_full(a_dossier("generative", {"/assessment/ip": {}})) == [
        ("COR-14", "/assessment/ip", "error", "missing")
    ]


# ANN
@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ("ANN-01", "trained"),
        ("ANN-01", "examined"),
        ("ANN-02", "roles_separated"),
        ("ANN-04", "functional_sampled_per_batch"),
    ],
)
@pytest.mark.parametrize(("value", "variant"), [(None, "missing"), (False, "not_true")])
def test_annotation_requires_each_declaration(rule, field, value, variant):
    at = f"{ANNOTATION}/{field}"
    assert flagged_in_full(a_dossier("generative", {at: value})) == [(rule, at, "error", variant)]


@pytest.mark.parametrize("covered", [None, [], sorted(RISKS)[1:]])
def test_ann03_names_the_risks_that_are_missing(covered):
    at = f"{ANNOTATION}/rules_cover"
    assert flagged_in_full(a_dossier("generative", {at: covered})) == [("ANN-03", at, "error", "incomplete")]


@pytest.mark.parametrize("nothing", [None, {}])
def test_only_ann05_flags_missing_annotation(nothing):
    assert flagged_in_full(a_dossier("generative", {ANNOTATION: nothing})) == [
        ("ANN-05", ANNOTATION, "error", "missing")
    ]


@pytest.mark.parametrize(("reason", "found"), [("不涉及", []), (" ", [("ANN-05", ANNOTATION)])])
def test_ann05_takes_a_reason(reason, found):
    entry = {"kind": "annotation_rules", "title": "附件3", "sha256": "0" * 64, "not_applicable_reason": reason}
    assert flagged(a_dossier("generative", {ANNOTATION: ABSENT, "/documents/4": entry})) == found
