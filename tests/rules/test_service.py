"""SRV: the obligations of a service to its users."""

from __future__ import annotations

from datetime import date

import pytest

from tests.building import a_document, a_dossier, flagged, flagged_in_full
from tests.rules.amending import KINDS, amending

GENERATIVE_KINDS = ["generative", "registration"]
AGREEMENT_OR_POLICY = [
    ("SRV-01", "terms_url", "service_agreement"),
    ("SRV-02", "privacy_url", "privacy_policy"),
]
LIST_OF = {"generative": "DOC-02", "registration": "DOC-03"}
SHOWN = {"number_shown_at": "https://sample.example/number", "public_record_link": "https://beian.cac.gov.cn/1"}
NEWS_PERMIT = {"kind": "news", "number": "44120260001"}
FILED = {"status": "filed", "submitted_on": date(2026, 6, 1), "first_submitted_on": date(2026, 6, 1)}


def without(kind, document_kind, **more):
    """Return changes that remove a document from a complete dossier."""
    documents = [document for document in a_document(kind)["documents"] if document["kind"] != document_kind]
    return {"/documents": [*documents, *more.get("but", [])]}


def as_action(kind, action, changes):
    return a_dossier(kind, changes) if action == "initial" else amending(kind, action, changes)


# SRV-01, SRV-02
@pytest.mark.parametrize("kind", GENERATIVE_KINDS)
@pytest.mark.parametrize(("rule", "field", "document"), AGREEMENT_OR_POLICY)
@pytest.mark.parametrize("nothing", [None, "", "  "])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_srv01_and_srv02_ask_for_an_address_or_a_document(kind, rule, field, document, nothing, action):
    dossier = as_action(kind, action, {**without(kind, document), f"/service/{field}": nothing})
    missing = (LIST_OF[kind], "/documents", "error", f"missing:{document}")
    assert flagged_in_full(dossier) == [(rule, f"/service/{field}", "error", "missing"), missing]


@pytest.mark.parametrize("kind", GENERATIVE_KINDS)
@pytest.mark.parametrize(("rule", "field", "document"), AGREEMENT_OR_POLICY)
def test_srv01_and_srv02_are_met_by_either(kind, rule, field, document):
    assert flagged(a_dossier(kind, {f"/service/{field}": None})) == []
    assert flagged(a_dossier(kind, without(kind, document))) == [(LIST_OF[kind], "/documents")]


@pytest.mark.parametrize(("rule", "field", "document"), AGREEMENT_OR_POLICY)
def test_srv01_and_srv02_are_met_by_a_listed_document_without_its_file(rule, field, document):
    changes = without("registration", document, but=[{"kind": document, "title": "follows"}])
    assert flagged(a_dossier("registration", {**changes, f"/service/{field}": None})) == []


@pytest.mark.parametrize(("rule", "field", "document"), AGREEMENT_OR_POLICY)
def test_srv01_and_srv02_accept_no_reason_in_place_of_the_document(rule, field, document):
    changes = without("registration", document, but=[{"kind": document, "not_applicable_reason": "不涉及"}])
    found = flagged(a_dossier("registration", {**changes, f"/service/{field}": None}))
    assert found == [(rule, f"/service/{field}"), ("DOC-03", "/documents")]


@pytest.mark.parametrize(("rule", "field", "document"), AGREEMENT_OR_POLICY)
def test_srv01_and_srv02_do_not_look_at_algorithm_filings(rule, field, document):
    assert flagged(a_dossier("algorithm", {f"/service/{field}": None})) == []


# SRV-03
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["entry", "response_days"])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_srv03_requires_the_entry_and_the_days_to_respond(kind, field, action):
    at = f"/service/complaint_channel/{field}"
    assert flagged_in_full(as_action(kind, action, {at: None})) == [("SRV-03", at, "error", "missing")]


@pytest.mark.parametrize("nothing", [None, {}, {"entry": " ", "response_days": None}])
def test_srv03_flags_a_missing_channel_once(nothing):
    dossier = a_dossier("algorithm", {"/service/complaint_channel": nothing})
    assert flagged(dossier) == [("SRV-03", "/service/complaint_channel")]


def test_srv03_takes_an_answer_on_the_same_day_as_an_answer():
    assert flagged(a_dossier("algorithm", {"/service/complaint_channel/response_days": 0})) == []


# SRV-04, SRV-05
@pytest.mark.parametrize("kind", GENERATIVE_KINDS)
@pytest.mark.parametrize("nothing", [None, "", " "])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_srv04_requires_the_audience(kind, nothing, action):
    dossier = as_action(kind, action, {"/service/audience": nothing})
    assert flagged_in_full(dossier) == [("SRV-04", "/service/audience", "error", "missing")]


def test_srv04_does_not_apply_to_algorithm_filings():
    assert flagged(a_dossier("algorithm", {"/service/audience": None})) == []


@pytest.mark.parametrize("kind", GENERATIVE_KINDS)
@pytest.mark.parametrize("nothing", [None, "", " "])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_srv05_requires_a_description_of_the_protection_of_minors(kind, nothing, action):
    dossier = as_action(kind, action, {"/service/serves_minors": True, "/service/minor_protection": nothing})
    assert flagged_in_full(dossier) == [("SRV-05", "/service/minor_protection", "error", "missing")]


@pytest.mark.parametrize("kind", GENERATIVE_KINDS)
@pytest.mark.parametrize(("serves", "protection"), [(True, "青少年模式"), (False, None), (None, None)])
def test_srv05_is_silent_if_minors_are_protected_or_not_served(kind, serves, protection):
    changes = {"/service/serves_minors": serves, "/service/minor_protection": protection}
    assert flagged(a_dossier(kind, changes)) == []


def test_srv05_does_not_apply_to_algorithm_filings():
    assert flagged(a_dossier("algorithm", {"/service/serves_minors": True})) == []


# SRV-06
def displaying(kind, launched_on="2026-06-08", **display):
    changes = {"/service/launched_on": launched_on}
    return a_dossier(kind, {**changes, "/service/display": {**SHOWN, "model_name_shown": True, **display}})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("nothing", [None, "", " "])
def test_srv06_requires_every_filed_service_to_show_its_number(kind, nothing):
    found = flagged_in_full(displaying(kind, number_shown_at=nothing), **FILED)
    assert found == [("SRV-06", "/service/display/number_shown_at", "error", "missing")]


def test_srv06_requires_the_public_record_of_an_algorithm_filing():
    found = flagged_in_full(displaying("algorithm", public_record_link=" ", model_name_shown=None), **FILED)
    assert found == [("SRV-06", "/service/display/public_record_link", "error", "missing")]


@pytest.mark.parametrize("kind", GENERATIVE_KINDS)
@pytest.mark.parametrize("value", [None, False])
def test_srv06_requires_the_model_name_of_other_filings(kind, value):
    found = flagged_in_full(displaying(kind, public_record_link=None, model_name_shown=value), **FILED)
    assert [line[:3] for line in found] == [("SRV-06", "/service/display/model_name_shown", "error")]


@pytest.mark.parametrize(
    ("kind", "second"),
    [("algorithm", "public_record_link"), ("generative", "model_name_shown"), ("registration", "model_name_shown")],
)
@pytest.mark.parametrize("nothing", [None, {}])
def test_srv06_flags_both_if_nothing_is_shown(kind, second, nothing):
    dossier = a_dossier(kind, {"/service/launched_on": "2026-06-08", "/service/display": nothing})
    assert flagged(dossier, **FILED) == [
        ("SRV-06", "/service/display/number_shown_at"),
        ("SRV-06", f"/service/display/{second}"),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_srv06_finds_nothing_if_everything_required_is_shown(kind):
    assert flagged(displaying(kind), **FILED) == []


@pytest.mark.parametrize("status", ["draft", "submitted", "accepted", "national_review", "returned", "rejected"])
def test_srv06_is_silent_until_the_filing_is_filed(status):
    found = flagged(displaying("algorithm", number_shown_at=None), **{**FILED, "status": status})
    assert found == []


@pytest.mark.parametrize(("launched_on", "found"), [("2026-11-21", 0), ("2026-11-20", 1), ("2026-11-19", 1), (None, 0)])
def test_srv06_begins_on_the_day_of_launch(launched_on, found):
    dossier = displaying("generative", launched_on, number_shown_at=None)
    assert flagged(dossier, on="2026-11-20", **FILED) == [("SRV-06", "/service/display/number_shown_at")] * found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["change", "cancellation"])
def test_srv06_applies_to_initial_filings_only(kind, action):
    dossier = amending(kind, action, {"/service/launched_on": "2026-06-08", "/service/display": None})
    assert flagged(dossier, status="filed", first_submitted_on=date(2026, 11, 17)) == []


# SRV-07
@pytest.mark.parametrize("kind", GENERATIVE_KINDS)
@pytest.mark.parametrize(
    ("field", "nothing"), [("forms", None), ("forms", []), ("functions", None), ("functions", []), ("domain", None)]
)
@pytest.mark.parametrize("action", ["initial", "change"])
def test_srv07_requires_forms_functions_and_domain(kind, field, nothing, action):
    at = f"/service/{field}"
    assert flagged_in_full(as_action(kind, action, {at: nothing})) == [("SRV-07", at, "error", "missing")]


def test_srv07_does_not_ask_an_algorithm_filing_for_functions():
    assert flagged(a_dossier("algorithm", {"/service/functions": []})) == []


# SRV-08, SRV-09
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("permits", [None, [], [{"kind": "publishing", "number": "1"}, {"kind": None, "number": "2"}]])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_srv08_requires_the_permit_of_a_news_service(kind, permits, action):
    dossier = as_action(kind, action, {"/service/domain": "news", "/service/permits": permits})
    assert flagged_in_full(dossier) == [("SRV-08", "/service/permits", "error", "missing")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("permits", [[NEWS_PERMIT], [{"kind": "other", "number": "1"}, NEWS_PERMIT]])
def test_srv08_is_met_by_a_news_permit(kind, permits):
    assert flagged(a_dossier(kind, {"/service/domain": "news", "/service/permits": permits})) == []


def test_srv08_follows_the_domain_of_the_service_and_not_of_the_algorithm():
    assert flagged(a_dossier("algorithm", {"/algorithm/domain": "news"})) == []


@pytest.mark.parametrize("kind", GENERATIVE_KINDS)
@pytest.mark.parametrize("domain", ["medical", "finance", "education", "legal"])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_srv09_warns_if_a_regulated_service_does_not_declare_its_permits(kind, domain, action):
    dossier = as_action(kind, action, {"/service/domain": domain, "/service/permits": None})
    assert flagged_in_full(dossier) == [("SRV-09", "/service/permits", "warning", "missing")]


@pytest.mark.parametrize("domain", ["medical", "finance", "education", "legal"])
@pytest.mark.parametrize("permits", [[], [{"kind": "medical", "number": "1"}]])
def test_srv09_is_met_by_a_permit_or_by_declaring_that_none_is_needed(domain, permits):
    assert flagged(a_dossier("generative", {"/service/domain": domain, "/service/permits": permits})) == []


@pytest.mark.parametrize(
    "domain", ["general", "psychological", "government", "ecommerce", "entertainment", "industrial", "other"]
)
def test_srv09_is_silent_in_other_domains(domain):
    assert flagged(a_dossier("generative", {"/service/domain": domain, "/service/permits": None})) == []


def test_srv09_does_not_apply_to_algorithm_filings():
    assert flagged(a_dossier("algorithm", {"/service/domain": "medical", "/service/permits": None})) == []


# SRV-10
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["public", "opinion_capacity"])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_srv10_requires_public_and_opinion_capacity(kind, field, action):
    at = f"/service/{field}"
    assert flagged_in_full(as_action(kind, action, {at: None})) == [("SRV-10", at, "error", "missing")]


@pytest.mark.parametrize("kind", KINDS)
def test_srv10_takes_a_no_for_an_answer(kind):
    assert flagged(a_dossier(kind, {"/service/opinion_capacity": False})) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_rule_of_the_family_applies_to_a_cancellation(kind):
    texts = ["terms_url", "privacy_url", "complaint_channel", "audience", "forms", "functions", "public"]
    nothing = {f"/service/{field}": None for field in [*texts, "opinion_capacity", "permits", "minor_protection"]}
    changes = {**nothing, "/documents": [], "/service/serves_minors": True, "/service/domain": "news"}
    assert flagged(amending(kind, "cancellation", changes)) == []
    assert flagged(amending(kind, "cancellation", {**changes, "/service/domain": "medical"})) == []
