"""PRO-08: duties of inherited licenses, one problem for each duty and ancestor."""

from __future__ import annotations

import pytest

from compliance.rules.wording import message
from registry.reference.licenses import LICENSES
from tests.building import a_document, a_dossier, judged

NUMBER = "Beijing-ShiLi-202401010001"
META = {"name": "Meta", "country": "US"}
OWN = {"name": "样例云图智能有限公司", "country": "CN", "uscc": "91440300708461136T"}
ALL_TERMS = [
    "agreement_copy",
    "notice_file",
    "built_with_display",
    "changes_marked",
    "use_policy_passed_on",
    "commercial_license",
]


def findings(
    license, *, relation="finetune", terms=(), kind="generative", developer=META, changes=None, name="样例大模型"
):
    base = {
        "key": "base",
        "name": "Base",
        "developer": developer,
        "license": license,
        "filing_number": NUMBER,
    }
    derived = {
        "/models/0/name": name,
        "/models/0/development": "derived",
        "/models/0/derived_from": [{"key": "base", "relation": relation}],
        "/models/0/license_terms_met": list(terms),
        "/models/-": base,
        **(changes or {}),
    }
    return [each for each in judged(a_dossier(kind, derived)).findings if each.rule == "PRO-08"]


def variants(license, **asked):
    return [(str(finding.at), finding.variant) for finding in findings(license, **asked)]


TERMS, NAME = "/models/0/license_terms_met", "/models/0/name"


@pytest.mark.parametrize("license", LICENSES.values(), ids=lambda license: license.name)
def test_every_license_requires_its_terms_and_is_met_by_them(license):
    kind = "term" if license.is_confirmed else "term_unconfirmed"
    missing = variants(license.name, name=f"{license.prefix} 样例")
    assert missing == [(TERMS, f"{kind}:{term}:base") for term in license.terms]
    assert variants(license.name, name=f"{license.prefix} 样例", terms=license.terms) == []


@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_licenses_are_compared_without_case(kind):
    assert variants("mit", kind=kind) == [(TERMS, "term:agreement_copy:base")]


@pytest.mark.parametrize("license", [None, "LicenseRef-Unknown", "LicenseRef-Proprietary"])
def test_an_unknown_license_carries_no_duty(license):
    assert variants(license) == []


@pytest.mark.parametrize(
    ("name", "met"),
    [
        ("Llama 3 Sample", True),
        ("llama-3_sample", True),
        (" LLAMA_3", True),
        ("Llama Sample", False),
        ("Sample Llama 3", False),
        (None, False),
    ],
)
def test_a_prefix_is_compared_without_hyphens_and_case(name, met):
    found = variants("LicenseRef-Llama-3", terms=ALL_TERMS, name=name)
    assert found == ([] if met else [(NAME, "prefix:base")])


@pytest.mark.parametrize(("users", "asked"), [(700_000_000, False), (700_000_001, True), (None, True), (0, False)])
def test_many_users_need_a_commercial_license(users, asked):
    terms = [term for term in ALL_TERMS if term != "commercial_license"]
    changes = {"/service/monthly_active_users": users}
    found = variants("LicenseRef-Llama-2", terms=terms, changes=changes)
    assert found == ([(TERMS, "users_unsaid:base" if users is None else "users:base")] if asked else [])
    assert variants("LicenseRef-Llama-2", terms=ALL_TERMS, changes=changes) == []


@pytest.mark.parametrize(
    ("own", "flagged"), [("MIT", True), ("apache-2.0", True), ("LicenseRef-Llama-2", False), (None, False)]
)
def test_a_laxer_license_of_its_own_is_flagged(own, flagged):
    found = variants("LicenseRef-Llama-2", terms=ALL_TERMS, changes={"/models/0/license": own})
    assert found == ([("/models/0/license", "laxer:base")] if flagged else [])


@pytest.mark.parametrize(
    "relation", [None, "finetune", "continued_pretraining", "adapter", "merge", "quantized", "pruning"]
)
def test_duties_are_inherited_with_a_copy_of_the_weights(relation):
    assert variants("MIT", relation=relation) == [(TERMS, "term:agreement_copy:base")]


@pytest.mark.parametrize("relation", ["api_call", "architecture_only", "distillation"])
def test_no_duty_is_inherited_without_a_copy(relation):
    assert variants("MIT", relation=relation) == []


@pytest.mark.parametrize(
    "license", [each for each in LICENSES.values() if each.reaches_outputs], ids=lambda each: each.name
)
def test_a_license_that_reaches_outputs_is_inherited_by_distillation(license):
    found = variants(license.name, relation="distillation", name=f"{license.prefix} 样例")
    assert found == [(TERMS, f"term:{term}:base") for term in license.terms]


def test_a_duty_is_inherited_through_every_generation():
    root = {"key": "root", "name": "Root", "developer": META, "license": "MIT", "filing_number": NUMBER}
    document = a_document("generative")["models"][0]
    middle = {
        "key": "base",
        "name": "Base",
        "developer": META,
        "license": "LicenseRef-Unknown",
        "filing_number": NUMBER,
        "derived_from": [{"key": "root"}],
    }
    first = {**document, "development": "derived", "derived_from": [{"key": "base"}]}
    found = judged(a_dossier("generative", {"/models": [first, middle, root]})).findings
    assert [(each.rule, each.variant) for each in found] == [("PRO-08", "term:agreement_copy:root")]


def test_the_licenses_of_own_models_carry_no_duty():
    assert variants("MIT", developer=OWN) == []


def test_two_ancestors_are_two_gaps_whatever_the_length_of_their_keys():
    keys = ["k" * 300, "k" * 301]
    models = [
        {"key": key, "name": "Base", "developer": META, "license": "MIT", "filing_number": NUMBER} for key in keys
    ]
    first = {
        **a_document("generative")["models"][0],
        "development": "derived",
        "derived_from": [{"key": key} for key in keys],
    }
    found = judged(a_dossier("generative", {"/models": [first, *models]})).findings
    assert len({each.identity for each in found}) == 2
    assert max(len(each.variant) for each in found) <= 128


@pytest.mark.parametrize(("language", "text"), [("en", "was not read"), ("zh", "未经核对")])
def test_the_message_on_an_unread_license_has_a_caveat(language, text):
    (finding,) = findings("LicenseRef-ChatGLM2")
    assert text in message(finding, language)
    assert text not in message(findings("MIT")[0], language)
