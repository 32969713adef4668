"""RTE: the kind of filing that a service needs, and the authority."""

from __future__ import annotations

import pytest

from compliance.rules.context import FilingFact
from tests.building import USCC, a_dossier, flagged, flagged_in_full
from tests.rules.amending import KINDS, amending

APPLICANT, ANOTHER = "样例云图智能有限公司", "北京智谱华章科技有限公司"
OTHER_USCC = "91110000600037341L"
BASE = {
    "key": "base",
    "name": "ChatGLM-Base",
    "developer": {"name": ANOTHER, "country": "CN"},
    "used_by_service": False,
    "license": "LicenseRef-Commercial",
    "derived_from": [],
}
NO_NUMBER = {"/service/algorithm_filing_number": None}


def developed_by(name, uscc):
    return {"/models/0/developer": {"name": name, "country": "CN", "uscc": uscc}}


def derived(modified):
    parent = {"key": "base", "relation": "api_call", "modified": modified}
    return {
        "/models/-": BASE,
        "/models/0/development": "derived",
        "/models/0/derived_from": [parent],
    }


def an_algorithm_filing(status="filed", kind="algorithm", service_name="样例问答"):
    return FilingFact(kind, status, service_name)


# RTE-01
@pytest.mark.parametrize(("name", "uscc"), [(ANOTHER, USCC), (APPLICANT, USCC), (APPLICANT, None)])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_rte01_flags_an_own_model_by_code_or_else_by_name(name, uscc, action):
    changes = developed_by(name, uscc)
    dossier = a_dossier("registration", changes) if action == "initial" else amending("registration", action, changes)
    assert flagged_in_full(dossier) == [("RTE-01", "/models/0/developer", "error", "own")]


@pytest.mark.parametrize(("name", "uscc"), [(ANOTHER, None), (ANOTHER, OTHER_USCC), (APPLICANT, OTHER_USCC)])
def test_rte01_does_not_flag_a_model_of_another_developer(name, uscc):
    assert flagged(a_dossier("registration", developed_by(name, uscc))) == []


def test_rte01_flags_a_modified_model():
    dossier = a_dossier("registration", derived(modified=True))
    assert flagged_in_full(dossier) == [("RTE-01", "/models/0/derived_from/0/modified", "error", "modified")]


@pytest.mark.parametrize("modified", [False, None])
def test_rte01_is_silent_if_nothing_is_declared_as_modified(modified):
    assert flagged(a_dossier("registration", derived(modified))) == []


def test_rte01_flags_an_own_and_modified_model_twice():
    dossier = a_dossier("registration", {**developed_by(APPLICANT, USCC), **derived(modified=True)})
    assert flagged(dossier) == [
        ("RTE-01", "/models/0/developer"),
        ("RTE-01", "/models/0/derived_from/0/modified"),
    ]


def test_rte01_applies_only_to_models_that_the_service_uses():
    own_and_modified = {
        "developer": {"name": APPLICANT, "country": "CN", "uscc": USCC},
        "derived_from": [{"key": "called", "relation": "api_call", "modified": True}],
    }
    assert flagged(a_dossier("registration", {"/models/-": {**BASE, **own_and_modified}})) == []


def test_rte01_accepts_a_model_without_lineage():
    assert flagged(a_dossier("registration", {"/models/0/derived_from": None})) == []


def test_rte01_does_not_apply_to_generative_filings():
    assert flagged(a_dossier("generative")) == []


# RTE-02
@pytest.mark.parametrize(("kind", "level"), [("generative", "error"), ("registration", "warning")])
@pytest.mark.parametrize("action", ["initial", "change"])
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_rte02_requires_an_algorithm_filing(kind, level, action, nothing):
    changes = {"/service/algorithm_filing_number": nothing}
    dossier = a_dossier(kind, changes) if action == "initial" else amending(kind, action, changes)
    assert flagged_in_full(dossier) == [("RTE-02", "/service/algorithm_filing_number", level, "missing")]


def test_rte02_does_not_apply_to_algorithm_filings():
    assert flagged(a_dossier("algorithm", NO_NUMBER), other_filings=()) == []


@pytest.mark.parametrize(
    "status", ["submitted", "accepted", "provincial_review", "national_review", "returned", "filed"]
)
def test_rte02_is_met_by_an_algorithm_filing_submitted_under_way_or_filed(status):
    others = (an_algorithm_filing("draft"), an_algorithm_filing(status))
    assert flagged(a_dossier("generative", NO_NUMBER), other_filings=others) == []


@pytest.mark.parametrize(
    "others",
    [
        None,
        (),
        (an_algorithm_filing("draft"),),
        (an_algorithm_filing("withdrawn"),),
        (an_algorithm_filing("rejected"),),
        (an_algorithm_filing("cancelled"),),
        (an_algorithm_filing("revoked"),),
        (an_algorithm_filing("suspended"),),
        (an_algorithm_filing(kind="generative"),),
        (an_algorithm_filing(kind="registration"),),
        (an_algorithm_filing(service_name="样例绘画"),),
    ],
)
def test_rte02_is_not_met_by_any_other_filing(others):
    dossier = a_dossier("generative", NO_NUMBER)
    assert flagged(dossier, other_filings=others) == [("RTE-02", "/service/algorithm_filing_number")]


def test_rte02_is_met_by_a_number_without_a_registry():
    assert flagged(a_dossier("generative"), other_filings=()) == []


@pytest.mark.parametrize("value", [False, None])
def test_rte02_needs_opinion_capacity(value):
    expected = [] if value is False else [("SRV-10", "/service/opinion_capacity")]
    assert flagged(a_dossier("generative", {**NO_NUMBER, "/service/opinion_capacity": value})) == expected


def test_rte02_needs_a_public_service():
    dossier = a_dossier("generative", {**NO_NUMBER, "/service/public": False})
    assert flagged(dossier) == [("RTE-03", "/service/public")]


def test_rte02_needs_a_generative_function():
    dossier = a_dossier("generative", {**NO_NUMBER, "/service/functions": ["recommendation", "search", "dispatch"]})
    assert flagged(dossier) == []


@pytest.mark.parametrize("function", ["dialogue", "text_generation", "code_generation"])
def test_rte02_counts_a_generative_function_among_others(function):
    dossier = a_dossier("generative", {**NO_NUMBER, "/service/functions": ["search", function]})
    assert flagged(dossier) == [("RTE-02", "/service/algorithm_filing_number")]


# RTE-03
@pytest.mark.parametrize("kind", ["generative", "registration"])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_rte03_warns_if_the_service_is_not_public(kind, action):
    changes = {"/service/public": False}
    dossier = a_dossier(kind, changes) if action == "initial" else amending(kind, action, changes)
    assert [line[:3] for line in flagged_in_full(dossier)] == [("RTE-03", "/service/public", "warning")]


def test_rte03_leaves_a_missing_field_to_srv10():
    assert flagged(a_dossier("generative", {"/service/public": None})) == [("SRV-10", "/service/public")]


def test_rte03_does_not_apply_to_algorithm_filings():
    assert flagged(a_dossier("algorithm", {"/service/public": False})) == []


# RTE-04, RTE-05
@pytest.mark.parametrize("nothing", [None, {}, {"name": " "}])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_only_rte04_flags_a_missing_section(nothing, action):
    changes = {"/algorithm": nothing}
    dossier = a_dossier("algorithm", changes) if action == "initial" else amending("algorithm", action, changes)
    assert flagged_in_full(dossier) == [("RTE-04", "/algorithm", "error", "missing")]


def test_rte04_requires_the_type():
    dossier = a_dossier("algorithm", {"/algorithm/type": None})
    assert flagged_in_full(dossier) == [("RTE-04", "/algorithm/type", "error", "missing")]


@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_rte04_applies_to_algorithm_filings_only(kind):
    assert flagged(a_dossier(kind, {"/algorithm": None})) == []


@pytest.mark.parametrize("action", ["initial", "change"])
def test_rte05_requires_the_role_in_deep_synthesis(action):
    changes = {"/algorithm/role": None}
    dossier = a_dossier("algorithm", changes) if action == "initial" else amending("algorithm", action, changes)
    assert flagged_in_full(dossier) == [("RTE-05", "/algorithm/role", "error", "missing")]


@pytest.mark.parametrize("role", ["provider", "technical_supporter"])
def test_rte05_accepts_either_role(role):
    assert flagged(a_dossier("algorithm", {"/algorithm/role": role})) == []


@pytest.mark.parametrize("other", ["personalized_push", "ranking", "search_filter", "dispatch"])
def test_rte05_does_not_require_a_role_for_other_types(other):
    changes = {"/algorithm/type": other, "/algorithm/role": None, "/algorithm/opt_out": True}
    assert flagged(a_dossier("algorithm", changes)) == []


def test_rte05_leaves_a_missing_type_to_rte04():
    changes = {"/algorithm/type": None, "/algorithm/role": None}
    assert flagged(a_dossier("algorithm", changes)) == [("RTE-04", "/algorithm/type")]


# RTE-07, RTE-08, RTE-09
@pytest.mark.parametrize("access", ["own_deployment", "on_device"])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_rte08_warns_of_a_called_model_that_the_applicant_deploys(access, action):
    changes = {"/models/0/access": access}
    dossier = a_dossier("registration", changes) if action == "initial" else amending("registration", action, changes)
    assert [line[:3] for line in flagged_in_full(dossier)] == [("RTE-08", "/models/0/access", "warning")]


@pytest.mark.parametrize("access", ["third_party_api", None])
def test_rte08_is_silent_on_a_model_called_through_its_api(access):
    assert flagged(a_dossier("registration", {"/models/0/access": access})) == []


def test_rte08_applies_only_to_models_that_the_service_uses():
    assert flagged(a_dossier("registration", {"/models/-": {**BASE, "access": "own_deployment"}})) == []


def test_rte08_does_not_apply_to_generative_filings():
    assert flagged(a_dossier("generative", {"/models/0/access": "on_device"})) == []


@pytest.mark.parametrize("kind", KINDS)
def test_rte09_requires_the_jurisdiction(kind):
    assert flagged_in_full(a_dossier(kind, {"/jurisdiction": None})) == [
        ("RTE-09", "/jurisdiction", "error", "missing")
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_rte07_warns_of_the_jurisdiction_of_another_province(kind):
    dossier = a_dossier(kind, {"/jurisdiction": "11"})
    assert flagged_in_full(dossier) == [("RTE-07", "/jurisdiction", "warning", "mismatch")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["change", "cancellation"])
@pytest.mark.parametrize(("jurisdiction", "rule"), [("11", "RTE-07"), ("99", "RTE-07"), (None, "RTE-09")])
def test_rte07_and_rte09_speak_on_changes_and_cancellations(kind, action, jurisdiction, rule):
    dossier = amending(kind, action, {"/jurisdiction": jurisdiction})
    assert flagged(dossier) == [(rule, "/jurisdiction")]


def test_rte07_follows_the_region_and_not_the_credit_code():
    dossier = a_dossier("algorithm", {"/jurisdiction": "11", "/applicant/region": "110108"})
    assert flagged(dossier) == []


def test_rte07_is_silent_without_a_region():
    dossier = a_dossier("algorithm", {"/jurisdiction": "11", "/applicant/region": None})
    assert flagged(dossier) == [("ORG-01", "/applicant/region")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_cancellation_needs_no_package(kind):
    changes = {"/service/algorithm_filing_number": None, "/service/public": False, "/algorithm": None, "/models": []}
    assert flagged(amending(kind, "cancellation", changes)) == []


@pytest.mark.parametrize(
    ("jurisdiction", "region", "expected"),
    [
        ("99", "440305", [("RTE-07", "/jurisdiction", "warning", "mismatch")]),
        (
            "99",
            None,
            [("ORG-01", "/applicant/region", "error", "missing"), ("RTE-07", "/jurisdiction", "warning", "unknown")],
        ),
        ("44", "990000", [("ORG-05", "/applicant/region", "warning", "unknown")]),
        ("44", "100000", [("ORG-05", "/applicant/region", "warning", "unknown")]),
    ],
)
def test_rte07_compares_provinces_and_flags_an_invalid_one(jurisdiction, region, expected):
    dossier = a_dossier("algorithm", {"/jurisdiction": jurisdiction, "/applicant/region": region})
    assert flagged_in_full(dossier) == expected
