"""PRO: the models of a service and all their ancestors."""

from __future__ import annotations

import pytest

from compliance.rules.context import Evidence
from tests.building import ABSENT, a_document, a_dossier, flagged, flagged_in_full, judged

RELATIONS_WITH_WEIGHTS = [
    None,
    "finetune",
    "continued_pretraining",
    "adapter",
    "merge",
    "quantized",
    "pruning",
    "api_call",
]
WITHOUT_WEIGHTS = ["architecture_only", "distillation"]
OWN = {"name": "样例云图智能有限公司", "country": "CN", "uscc": "91440300708461136T"}
META = {"name": "Meta", "country": "US"}
IN_2024 = {"kind": "generative-complete-2024", "on": "2024-06-20"}
IN_2026 = {"kind": "generative", "on": "2026-11-20"}
NUMBER = "Beijing-ShiLi-202401010001"


def a_model(key, developer=META, parents=(), relation="finetune", **fields):
    return {
        "key": key,
        "name": f"Model {key}",
        "developer": developer,
        "license": "LicenseRef-Proprietary",
        "derived_from": [{"key": parent, "relation": relation} for parent in parents],
        **fields,
    }


def lineage(*ancestors, relation="finetune", kind="generative", on="2026-11-20", **changes):
    """Return the flags of a service on the applicant's model, which derives from the first of these ancestors."""
    derived = {
        "/models/0/development": "derived",
        "/models/0/derived_from": [{"key": ancestors[0]["key"], "relation": relation}],
    }
    models = [a_document(kind, derived)["models"][0], *ancestors]
    return flagged(a_dossier(kind, {"/models": models, **changes}), on=on)


# PRO-01, PRO-02
@pytest.mark.parametrize("kind", ["generative", "registration"])
@pytest.mark.parametrize("changes", [{"/models": None}, {"/models": []}])
def test_only_pro01_flags_missing_models(kind, changes):
    assert flagged_in_full(a_dossier(kind, changes)) == [("PRO-01", "/models", "error", "missing")]


@pytest.mark.parametrize("value", [False, None])
def test_pro01_requires_a_model_used_by_the_service(value):
    assert flagged_in_full(a_dossier("registration", {"/models/0/used_by_service": value})) == [
        ("PRO-01", "/models", "error", "missing")
    ]


@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_pro02_requires_how_a_model_was_developed(kind):
    at = "/models/0/development"
    assert flagged_in_full(a_dossier(kind, {at: None})) == [("PRO-02", at, "error", "missing")]


@pytest.mark.parametrize("kind", ["generative", "registration"])
@pytest.mark.parametrize("nothing", [None, []])
def test_pro02_requires_the_parent_of_a_derived_model(kind, nothing):
    changes = {"/models/0/development": "derived", "/models/0/derived_from": nothing}
    assert flagged_in_full(a_dossier(kind, changes)) == [("PRO-02", "/models/0/derived_from", "error", "missing")]


def test_pro02_does_not_apply_to_ancestors():
    ancestor = a_model("base", development="derived", derived_from=None, filing_number=NUMBER)
    assert lineage(ancestor) == []


# PRO-03, PRO-04
@pytest.mark.parametrize(("when", "rule"), [(IN_2024, "PRO-03"), (IN_2026, "PRO-04")])
@pytest.mark.parametrize("relation", RELATIONS_WITH_WEIGHTS)
def test_an_unfiled_base_model_is_flagged_by_every_relation_with_weights(when, rule, relation):
    assert lineage(a_model("base"), relation=relation, **when) == [(rule, "/models/1/filing_number")]


@pytest.mark.parametrize("when", [IN_2024, IN_2026])
@pytest.mark.parametrize("relation", WITHOUT_WEIGHTS)
def test_no_weights_are_inherited_by_architecture_or_distillation(when, relation):
    assert lineage(a_model("base"), relation=relation, **when) == []


def test_the_walk_goes_through_every_generation_and_through_own_models():
    chain = [
        a_model("own", OWN, ["filed"], corpora=None),
        a_model("filed", META, ["root"], filing_number=NUMBER),
        a_model("root", META),
    ]
    found = lineage(*chain)
    assert [each for each in found if each[0] == "PRO-04"] == [("PRO-04", "/models/3/filing_number")]


def test_the_walk_ends_where_no_weights_are_inherited():
    chain = [
        a_model("filed", META, ["root"], relation="architecture_only", filing_number=NUMBER),
        a_model("root", META),
    ]
    assert lineage(*chain) == []


def test_an_ancestor_reached_twice_is_flagged_once():
    diamond = [
        a_model("a", META, ["root"], filing_number=NUMBER),
        a_model("b", META, ["root"], filing_number=NUMBER),
        a_model("root", META),
    ]
    changes = {"/models/0/derived_from": [{"key": "a"}, {"key": "b"}]}
    assert lineage(*diamond, **changes) == [("PRO-04", "/models/3/filing_number")]


def test_a_listed_model_that_is_not_an_ancestor_needs_no_filing():
    assert flagged(a_dossier("generative", {"/models/-": a_model("other")})) == []


@pytest.mark.parametrize("developer", [META, None, {"name": None, "country": "US"}])
def test_a_third_party_model_used_by_the_service_itself_needs_a_filing(developer):
    used = a_model("called", developer, used_by_service=True, development="from_scratch", modalities=["text"])
    used |= {"parameters": 1, "architecture": "x", "training": {"framework": "x"}}
    found = flagged(a_dossier("generative", {"/models/-": used}))
    assert ("PRO-04", "/models/1/filing_number") in found
    assert {rule for rule, _ in found} <= {"PRO-04", "PRO-12"}


@pytest.mark.parametrize(
    "developer",
    [OWN, {"name": "样例云图智能有限公司", "country": "CN"}, {"name": "样例 云图智能有限公司", "country": "CN"}],
)
def test_an_own_base_model_needs_no_filing_of_its_own(developer):
    found = lineage(a_model("own", developer))
    assert "PRO-04" not in {rule for rule, _ in found}


def test_a_developer_with_another_code_is_another_whatever_its_name():
    other = {"name": "样例云图智能有限公司", "country": "CN", "uscc": "91110000600037341L"}
    assert lineage(a_model("base", other)) == [("PRO-04", "/models/1/filing_number")]


def test_only_num01_flags_a_number_in_a_wrong_format():
    assert lineage(a_model("base", filing_number="备案中")) == [("NUM-01", "/models/1/filing_number")]


@pytest.mark.parametrize("status", ["cancelled", "revoked", "suspended"])
def test_a_number_that_is_no_longer_in_force_is_flagged_with_its_status(status):
    dossier = a_dossier(
        "generative",
        {
            "/models/0/development": "derived",
            "/models/0/derived_from": [{"key": "base"}],
            "/models/-": a_model("base", filing_number=NUMBER),
        },
    )
    facts = {"number_status": {NUMBER.casefold(): status}}
    assert flagged_in_full(dossier, **facts) == [("PRO-04", "/models/1/filing_number", "warning", status)]
    assert flagged_in_full(dossier, number_status={NUMBER.casefold(): "filed"}) == []


def test_the_registers_number_of_a_model_counts():
    changes = {
        "/models/0/development": "derived",
        "/models/0/derived_from": [{"key": "base"}],
        "/models/-": a_model("base"),
    }
    dossier = a_dossier("generative", changes)
    at = ("PRO-04", "/models/1/filing_number", "warning")
    assert flagged_in_full(dossier, numbers_of_models={"/models/1": {NUMBER: "filed"}}) == []
    assert flagged_in_full(dossier, numbers_of_models={"/models/1": {NUMBER: "revoked"}}) == [(*at, "revoked")]
    assert flagged_in_full(dossier, numbers_of_models={"/models/1": {NUMBER: "revoked", "x": "registered"}}) == []


# PRO-05
@pytest.mark.parametrize(
    ("number", "variant", "beside"),
    [
        (None, "missing", []),
        ("  ", "missing", []),
        ("备案中", "format", ["NUM-01"]),
        ("Beijing-ShiLi-20240101S0001", "registration_number", []),
        ("网信算备440305000000201260003号", "format", ["NUM-01"]),
    ],
)
def test_pro05_requires_the_number_of_a_filed_model(number, variant, beside):
    found = flagged_in_full(a_dossier("registration", {"/models/0/filing_number": number}))
    assert found[0] == ("PRO-05", "/models/0/filing_number", "error", variant)
    assert [rule for rule, *_ in found[1:]] == beside


@pytest.mark.parametrize("status", ["cancelled", "revoked", "suspended"])
def test_pro05_requires_a_number_in_force(status):
    facts = {"number_status": {"beijing-chatglm-20230821": status}}
    assert flagged_in_full(a_dossier("registration"), **facts) == [
        ("PRO-05", "/models/0/filing_number", "error", status)
    ]


# PRO-06, PRO-07, PRO-12
@pytest.mark.parametrize("relation", [*RELATIONS_WITH_WEIGHTS, *WITHOUT_WEIGHTS])
def test_pro06_requires_the_license_of_every_ancestor(relation):
    ancestor = a_model("base", license=None, filing_number=NUMBER)
    assert lineage(ancestor, relation=relation) == [("PRO-06", "/models/1/license")]


def test_pro06_goes_up_every_generation():
    chain = [
        a_model("a", META, ["b"], filing_number=NUMBER),
        a_model("b", META, license=" ", filing_number=NUMBER),
    ]
    assert lineage(*chain) == [("PRO-06", "/models/2/license")]


@pytest.mark.parametrize("relation", RELATIONS_WITH_WEIGHTS)
def test_pro07_flags_a_model_from_scratch_that_takes_weights(relation):
    changes = {"/models/0/development": "from_scratch"}
    ancestor = a_model("base", filing_number=NUMBER)
    found = lineage(ancestor, relation=relation)
    assert found == []
    dossier = a_dossier(
        "generative",
        {**changes, "/models/0/derived_from": [{"key": "base", "relation": relation}], "/models/-": ancestor},
    )
    assert flagged(dossier) == [("PRO-07", "/models/0/development")]


@pytest.mark.parametrize("relation", WITHOUT_WEIGHTS)
def test_pro07_allows_architecture_and_distillation(relation):
    ancestor = a_model("base", filing_number=NUMBER)
    changes = {"/models/0/derived_from": [{"key": "base", "relation": relation}], "/models/-": ancestor}
    assert flagged(a_dossier("generative", changes)) == []


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"/models/0/name": None}, "/models/0/name"),
        ({"/models/0/developer/name": " "}, "/models/0/developer/name"),
        ({"/models/0/developer/country": None}, "/models/0/developer/country"),
        ({"/models/0/developer": None}, "/models/0/developer"),
        ({"/models/0/developer": {}}, "/models/0/developer"),
    ],
)
def test_pro12_requires_names_and_countries(changes, at):
    assert flagged_in_full(a_dossier("registration", changes)) == [("PRO-12", at, "error", "missing")]


def test_pro12_applies_to_every_listed_model():
    assert flagged(a_dossier("registration", {"/models/-": {"key": "other"}})) == [
        ("PRO-12", "/models/1/name"),
        ("PRO-12", "/models/1/developer"),
    ]


# PRO-09, PRO-10, PRO-11
STRUCTURE = {"evidence": {"/models/0": (Evidence("structure", ("Llama-2-13B", "LLaMA-13B")),)}}


def test_pro09_flags_a_structure_that_the_lineage_does_not_name():
    assert flagged_in_full(a_dossier("generative"), **STRUCTURE) == [
        ("PRO-09", "/models/0/derived_from", "warning", "structure")
    ]


@pytest.mark.parametrize("name", ["Llama 2 13B", "llama-2-13b", "LLaMA-13B"])
def test_pro09_is_met_by_naming_any_of_the_families(name):
    base = a_model("base", name=name, filing_number=NUMBER)
    changes = {
        "/models/0/derived_from": [{"key": "base", "relation": "architecture_only"}],
        "/models/-": base,
    }
    assert flagged_in_full(a_dossier("generative", changes), **STRUCTURE) == []


def test_pro09_reports_all_families_of_a_part_as_one_problem():
    evidence = (Evidence("weights", ("Llama-2-13B",)), Evidence("weights", ("Qwen2.5-7B",)))
    (finding,) = judged(a_dossier("generative"), evidence={"/models/0": evidence}).findings
    assert (finding.variant, finding.values) == ("weights", {"families": ["Llama-2-13B", "Qwen2.5-7B"]})


@pytest.mark.parametrize("nothing", [None, {}, {"compute": None}])
def test_pro10_requires_the_compute_of_own_models(nothing):
    found = flagged(a_dossier("generative", {"/models/0/training": nothing}))
    assert found[0] == ("PRO-10", "/models/0/training")
    assert [rule for rule, _ in found[1:]] == ["PRO-11"]


def test_pro10_requires_entries():
    at = "/models/0/training/compute"
    assert flagged_in_full(a_dossier("generative", {at: []})) == [("PRO-10", at, "error", "missing")]


@pytest.mark.parametrize("field", ["accelerator", "vendor_country", "count"])
def test_pro10_requires_each_entry_in_full(field):
    at = f"/models/0/training/compute/0/{field}"
    assert flagged_in_full(a_dossier("generative", {at: None})) == [("PRO-10", at, "error", "missing")]


@pytest.mark.parametrize("field", ["parameters", "architecture", "modalities", "training/framework"])
def test_pro11_requires_the_description_of_a_used_model(field):
    at = f"/models/0/{field}"
    assert flagged_in_full(a_dossier("generative", {at: None})) == [("PRO-11", at, "warning", "missing")]


def test_only_own_models_need_compute_and_data():
    found = lineage(a_model("base", filing_number=NUMBER, training=None, corpora=None, annotation=None))
    assert found == []
    assert {rule for rule, _ in lineage(a_model("own", OWN))} == {"PRO-10", "COR-01", "ANN-05"}


def test_an_absent_field_equals_null():
    assert flagged(a_dossier("generative", {"/models/0/filing_number": ABSENT})) == []
