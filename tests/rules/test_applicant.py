"""ORG: the applicant and its safety systems."""

from __future__ import annotations

import pytest

from tests.building import ABSENT, a_dossier, flagged, flagged_in_full
from tests.rules.amending import KINDS, amending

FIELDS = ("name", "entity_type", "region", "address", "legal_representative")
FOUR_SYSTEMS = ["self_assessment", "monitoring", "incident_response", "violation_handling"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_complete_dossier_raises_nothing(kind):
    assert flagged_in_full(a_dossier(kind)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["change", "cancellation"])
def test_a_complete_change_or_cancellation_raises_nothing(kind, action):
    assert flagged_in_full(amending(kind, action)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", FIELDS)
def test_org01_requires_each_field_of_the_applicant(kind, field):
    at = f"/applicant/{field}"
    assert flagged_in_full(a_dossier(kind, {at: None})) == [("ORG-01", at, "error", "missing")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["change", "cancellation"])
def test_org01_applies_to_changes_and_cancellations(kind, action):
    assert flagged(amending(kind, action, {"/applicant/address": None})) == [("ORG-01", "/applicant/address")]


@pytest.mark.parametrize("nothing", [None, ABSENT, "", " ", " \t　\n"])
def test_org01_takes_an_empty_or_blank_text_as_missing(nothing):
    assert flagged(a_dossier("algorithm", {"/applicant/name": nothing})) == [("ORG-01", "/applicant/name")]


def test_org01_flags_every_missing_field():
    nobody = {f"/applicant/{field}": None for field in FIELDS}
    assert flagged(a_dossier("algorithm", nobody)) == [("ORG-01", f"/applicant/{field}") for field in FIELDS]


@pytest.mark.parametrize("field", ["name_en", "website"])
def test_org01_does_not_require_english_name_or_website(field):
    assert flagged(a_dossier("algorithm", {f"/applicant/{field}": None})) == []


@pytest.mark.parametrize("field", ["name", "phone", "email"])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_org02_requires_the_security_officer_by_name_phone_and_email(field, action):
    at = f"/applicant/security_officer/{field}"
    dossier = a_dossier("algorithm", {at: " "}) if action == "initial" else amending("algorithm", action, {at: " "})
    assert flagged_in_full(dossier) == [("ORG-02", at, "error", "missing")]


@pytest.mark.parametrize("nobody", [None, {}, {"name": "", "phone": None}])
def test_org02_flags_a_missing_security_officer_once(nobody):
    dossier = a_dossier("algorithm", {"/applicant/security_officer": nobody})
    assert flagged(dossier) == [("ORG-02", "/applicant/security_officer")]


@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_org02_applies_to_algorithm_filings_only(kind):
    assert flagged(a_dossier(kind, {"/applicant/security_officer": None})) == []


@pytest.mark.parametrize("system", FOUR_SYSTEMS)
@pytest.mark.parametrize("action", ["initial", "change"])
def test_org03_flags_each_missing_system(system, action):
    others = [other for other in [*FOUR_SYSTEMS, "ethics_review", "data_protection"] if other != system]
    changes = {"/applicant/governance": others}
    dossier = a_dossier("algorithm", changes) if action == "initial" else amending("algorithm", action, changes)
    assert flagged_in_full(dossier) == [("ORG-03", "/applicant/governance", "error", f"missing:{system}")]


@pytest.mark.parametrize("nothing", [None, []])
def test_org03_flags_all_four_systems_when_none_is_named(nothing):
    assert flagged_in_full(a_dossier("algorithm", {"/applicant/governance": nothing})) == [
        ("ORG-03", "/applicant/governance", "error", "missing:self_assessment"),
        ("ORG-03", "/applicant/governance", "error", "missing:monitoring"),
        ("ORG-03", "/applicant/governance", "error", "missing:incident_response"),
        ("ORG-03", "/applicant/governance", "error", "missing:violation_handling"),
        ("ORG-04", "/applicant/governance", "warning", "missing"),
    ]


def test_org03_ignores_the_order_of_the_systems():
    systems = ["data_protection", "violation_handling", "monitoring", "ethics_review"]
    systems += ["self_assessment", "incident_response"]
    assert flagged(a_dossier("algorithm", {"/applicant/governance": systems})) == []


@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_org03_applies_to_algorithm_filings_only(kind):
    dossier = a_dossier(kind, {"/applicant/governance": ["ethics_review", "data_protection"]})
    assert flagged(dossier) == []


@pytest.mark.parametrize("kind", ["algorithm", "generative"])
@pytest.mark.parametrize("held", [["ethics_review"], ["data_protection"], []])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_org04_warns_if_ethics_review_or_data_protection_is_missing(kind, held, action):
    changes = {"/applicant/governance": [*FOUR_SYSTEMS, *held]}
    dossier = a_dossier(kind, changes) if action == "initial" else amending(kind, action, changes)
    assert flagged_in_full(dossier) == [("ORG-04", "/applicant/governance", "warning", "missing")]


def test_org04_does_not_apply_to_registrations():
    assert flagged(a_dossier("registration", {"/applicant/governance": None})) == []


def test_org04_is_alone_on_a_generative_filing_without_any_system():
    assert flagged(a_dossier("generative", {"/applicant/governance": None})) == [("ORG-04", "/applicant/governance")]


def test_org05_warns_of_an_unknown_region_in_the_credit_code():
    dossier = a_dossier("algorithm", {"/applicant/uscc": "91999999708461136W"})
    assert flagged_in_full(dossier) == [("ORG-05", "/applicant/uscc", "warning", "unknown")]


@pytest.mark.parametrize("kind", KINDS)
def test_org05_warns_of_an_unknown_region_of_the_applicant(kind):
    dossier = a_dossier(kind, {"/applicant/region": "449999"})
    assert flagged_in_full(dossier) == [("ORG-05", "/applicant/region", "warning", "unknown")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["change", "cancellation"])
def test_org05_applies_to_changes_and_cancellations(kind, action):
    dossier = amending(kind, action, {"/applicant/region": "449999"})
    assert flagged(dossier) == [("ORG-05", "/applicant/region")]


def test_org05_flags_code_and_region_apart():
    dossier = a_dossier("algorithm", {"/applicant/uscc": "91999999708461136W", "/applicant/region": "449999"})
    assert flagged(dossier) == [("ORG-05", "/applicant/uscc"), ("ORG-05", "/applicant/region")]


@pytest.mark.parametrize(
    "uscc",
    [
        "91440300708461136T",  # a city
        "91440000708461136B",  # a province
        "91110103708461136B",  # a county dissolved in 2010
        "91100000708461136N",  # the national registration authority
        "N2440300708461136A",  # letters in the first two places
        "91110000600037341L",
        "91110102MAD55U9H0F",
        "91320118MAK93FC72D",
    ],
)
def test_org05_knows_regions_of_every_level_now_and_formerly(uscc):
    assert flagged(a_dossier("algorithm", {"/applicant/uscc": uscc})) == []


@pytest.mark.parametrize("region", ["440000", "440300", "440305", "441900", "110103", "510200", "710000", "820000"])
def test_org05_accepts_a_known_region_of_the_applicant(region):
    assert flagged(a_dossier("generative", {"/applicant/region": region, "/jurisdiction": region[:2]})) == []


@pytest.mark.parametrize("kind", ["generative", "registration"])
@pytest.mark.parametrize("field", ["name", "phone"])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_org06_requires_a_contact_by_name_and_phone(kind, field, action):
    at = f"/applicant/contact/{field}"
    dossier = a_dossier(kind, {at: None}) if action == "initial" else amending(kind, action, {at: None})
    assert flagged_in_full(dossier) == [("ORG-06", at, "error", "missing")]


@pytest.mark.parametrize("nobody", [None, {}])
def test_org06_flags_a_missing_contact_once(nobody):
    assert flagged(a_dossier("generative", {"/applicant/contact": nobody})) == [("ORG-06", "/applicant/contact")]


@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_org06_does_not_require_the_contacts_email(kind):
    assert flagged(a_dossier(kind, {"/applicant/contact/email": None})) == []


def test_org06_does_not_apply_to_algorithm_filings():
    assert flagged(a_dossier("algorithm", {"/applicant/contact": None})) == []


@pytest.mark.parametrize("kind", KINDS)
def test_only_org01_and_org05_apply_to_cancellations(kind):
    nobody = {"/applicant/security_officer": None, "/applicant/contact": None, "/applicant/governance": None}
    assert flagged(amending(kind, "cancellation", nobody)) == []
