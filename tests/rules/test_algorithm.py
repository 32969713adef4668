"""ALG: the details of an algorithm filing."""

from __future__ import annotations

import pytest

from tests.building import a_dossier, flagged, flagged_in_full
from tests.rules.amending import amending

FIELDS = {
    "ALG-01": ["domain"],
    "ALG-02": ["name", "launched_on"],
    "ALG-03": ["principle", "mechanism", "scenario", "purpose"],
    "ALG-04": ["summary", "data_sources", "input_modalities", "output_modalities"],
    "ALG-05": ["risk_controls"],
    "ALG-08": ["intervention_policy", "result_labeling"],
}
EACH_FIELD = [(rule, field) for rule, fields in FIELDS.items() for field in fields]
TEXTS = ["name", "principle", "mechanism", "scenario", "purpose", "summary", "data_sources"]
TEXTS += ["intervention_policy", "result_labeling"]
OF_THE_SERVICE = {"/service/forms": None, "/service/domain": None, "/service/access_path": None}
A_RISK = {"risk": "信息内容安全", "measure": "分类模型过滤"}


def pushing(**algorithm):
    return {
        "/algorithm/type": "personalized_push",
        **{f"/algorithm/{name}": value for name, value in algorithm.items()},
    }


@pytest.mark.parametrize(("rule", "field"), EACH_FIELD)
def test_each_field_of_the_algorithm_is_required(rule, field):
    at = f"/algorithm/{field}"
    assert flagged_in_full(a_dossier("algorithm", {at: None})) == [(rule, at, "error", "missing")]


@pytest.mark.parametrize(("rule", "field"), EACH_FIELD)
def test_each_field_is_required_for_a_change_but_not_for_a_cancellation(rule, field):
    at = f"/algorithm/{field}"
    assert flagged(amending("algorithm", "change", {at: None})) == [(rule, at)]
    assert flagged(amending("algorithm", "cancellation", {at: None})) == []


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("blank", ["", "  ", "　\n"])
def test_a_blank_text_is_missing(field, blank):
    found = flagged(a_dossier("algorithm", {f"/algorithm/{field}": blank}))
    assert found == [(rule, f"/algorithm/{field}") for rule, fields in FIELDS.items() if field in fields]


@pytest.mark.parametrize("field", ["uses_biometrics", "uses_identity", "opt_out"])
def test_other_fields_are_not_required_of_a_generation_algorithm(field):
    assert flagged(a_dossier("algorithm", {f"/algorithm/{field}": None})) == []


def test_every_missing_field_is_flagged_if_only_the_type_is_given():
    assert flagged(a_dossier("algorithm", {"/algorithm": {"type": "ranking"}})) == [
        (rule, f"/algorithm/{field}") for rule, field in EACH_FIELD
    ]


@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_no_rule_of_the_family_applies_to_generative_services(kind):
    push = {"type": "personalized_push", "opt_out": False, "output_modalities": ["text"]}
    changes = {"/algorithm": push, "/service/description": "长" * 501, "/service/access_path": []}
    assert flagged(a_dossier(kind, changes)) == []


# ALG-01
@pytest.mark.parametrize(("field", "nothing"), [("forms", None), ("forms", []), ("domain", None)])
def test_alg01_requires_forms_and_domain_of_the_service(field, nothing):
    at = f"/service/{field}"
    assert flagged_in_full(a_dossier("algorithm", {at: nothing})) == [("ALG-01", at, "error", "missing")]


def test_alg01_flags_all_three():
    changes = {"/service/forms": [], "/service/domain": None, "/algorithm/domain": None}
    assert flagged(a_dossier("algorithm", changes)) == [
        ("ALG-01", "/service/forms"),
        ("ALG-01", "/service/domain"),
        ("ALG-01", "/algorithm/domain"),
    ]


def test_alg01_checks_the_service_even_without_the_algorithm_section():
    dossier = a_dossier("algorithm", {"/algorithm": None, "/service/forms": None, "/service/domain": None})
    assert flagged(dossier) == [("RTE-04", "/algorithm"), ("ALG-01", "/service/forms"), ("ALG-01", "/service/domain")]


def test_alg01_accepts_one_form_and_two_different_domains():
    changes = {"/service/forms": ["api"], "/service/domain": "medical", "/algorithm/domain": "general"}
    assert flagged(a_dossier("algorithm", changes)) == []


# ALG-02
def test_alg02_requires_the_launch_date_of_the_algorithm_but_not_of_the_service():
    assert flagged(a_dossier("algorithm", {"/service/launched_on": None})) == []


# ALG-04
@pytest.mark.parametrize("field", ["input_modalities", "output_modalities"])
def test_alg04_takes_an_empty_list_of_modalities_as_missing(field):
    assert flagged(a_dossier("algorithm", {f"/algorithm/{field}": []})) == [("ALG-04", f"/algorithm/{field}")]


# ALG-05
def test_alg05_requires_at_least_one_risk():
    assert flagged(a_dossier("algorithm", {"/algorithm/risk_controls": []})) == [("ALG-05", "/algorithm/risk_controls")]


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_alg05_requires_a_measure_against_each_risk(nothing):
    unhandled = {"risk": "数据安全", "measure": nothing}
    dossier = a_dossier("algorithm", {"/algorithm/risk_controls": [A_RISK, unhandled, A_RISK, unhandled]})
    assert flagged_in_full(dossier) == [
        ("ALG-05", "/algorithm/risk_controls/1/measure", "error", "missing"),
        ("ALG-05", "/algorithm/risk_controls/3/measure", "error", "missing"),
    ]


def test_alg05_accepts_several_risks_each_with_a_measure():
    assert flagged(a_dossier("algorithm", {"/algorithm/risk_controls": [A_RISK, A_RISK]})) == []


# ALG-06
@pytest.mark.parametrize("value", [None, False])
def test_alg06_requires_a_switch_to_turn_personalization_off(value):
    found = flagged_in_full(a_dossier("algorithm", pushing(opt_out=value)))
    assert [line[:3] for line in found] == [("ALG-06", "/algorithm/opt_out", "error")]


@pytest.mark.parametrize("value", [None, False])
def test_alg06_requires_it_for_a_change_but_not_for_a_cancellation(value):
    assert flagged(amending("algorithm", "change", pushing(opt_out=value))) == [("ALG-06", "/algorithm/opt_out")]
    assert flagged(amending("algorithm", "cancellation", pushing(opt_out=value))) == []


def test_alg06_is_met_by_a_switch():
    assert flagged(a_dossier("algorithm", pushing(opt_out=True))) == []


@pytest.mark.parametrize("other", ["generation", "ranking", "search_filter", "dispatch"])
def test_alg06_applies_to_personalized_push_only(other):
    assert flagged(a_dossier("algorithm", {"/algorithm/type": other, "/algorithm/opt_out": False})) == []


# ALG-07
@pytest.mark.parametrize(("length", "found"), [(0, 0), (499, 0), (500, 0), (501, 1), (20_000, 1)])
def test_alg07_warns_of_a_description_of_more_than_500_characters(length, found):
    dossier = a_dossier("algorithm", {"/service/description": "长" * length})
    assert flagged_in_full(dossier) == [("ALG-07", "/service/description", "warning", "too_long")] * found


def test_alg07_does_not_require_a_description():
    assert flagged(a_dossier("algorithm", {"/service/description": None})) == []


@pytest.mark.parametrize("nothing", [None, []])
def test_alg07_requires_the_access_path_of_a_provider(nothing):
    dossier = a_dossier("algorithm", {"/service/access_path": nothing})
    assert flagged_in_full(dossier) == [("ALG-07", "/service/access_path", "warning", "missing")]


def test_alg07_requires_the_access_path_if_no_role_is_given():
    changes = {"/service/access_path": [], "/algorithm/type": "ranking", "/algorithm/role": None}
    assert flagged(a_dossier("algorithm", changes)) == [("ALG-07", "/service/access_path")]


def test_alg07_does_not_require_the_access_path_of_a_technical_supporter():
    dossier = a_dossier("algorithm", {"/service/access_path": None, "/algorithm/role": "technical_supporter"})
    assert flagged(dossier) == []


def test_alg07_requires_a_short_description_of_a_technical_supporter():
    dossier = a_dossier("algorithm", {"/service/description": "长" * 501, "/algorithm/role": "technical_supporter"})
    assert flagged(dossier) == [("ALG-07", "/service/description")]


def test_alg07_flags_description_and_access_path_apart():
    changes = {"/service/description": "长" * 501, "/service/access_path": None}
    expected = [("ALG-07", "/service/description"), ("ALG-07", "/service/access_path")]
    assert flagged(a_dossier("algorithm", changes)) == expected
    assert flagged(amending("algorithm", "change", changes)) == expected


def test_nothing_of_the_service_is_required_for_a_cancellation():
    changes = {**OF_THE_SERVICE, "/service/description": "长" * 501, "/algorithm": None}
    assert flagged(amending("algorithm", "cancellation", changes)) == []
