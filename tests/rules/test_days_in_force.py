"""The days from which the rules are in force: silent the day before, raised on the day itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from compliance.rules.catalog import CATALOG
from tests.building import a_document, a_dossier, flagged
from tests.rules.amending import amending

ALG, DS = date(2022, 3, 1), date(2023, 1, 10)
IM, NOT = date(2023, 8, 15), date(2024, 4, 2)
# Published numbers whose years, 2022 and 2023, are not in the future on the days that are judged here.
IN_2022 = {"/service/algorithm_filing_number": "网信算备330109830471102220013号"}
IN_2023 = {"/service/algorithm_filing_number": "网信算备330110507206401230035号"}
FOUR_SYSTEMS = ["self_assessment", "monitoring", "incident_response", "violation_handling"]
OWN = {"/models/0/developer": {"name": "样例云图智能有限公司", "country": "CN"}}


def without(kind, document_kind):
    return {"/documents": [entry for entry in a_document(kind)["documents"] if entry["kind"] != document_kind]}


# Rule, first day, kind, changes, place.
JUDGED_ON_SUBMISSION = [
    ("ORG-01", ALG, "algorithm", {"/applicant/address": None}, "/applicant/address"),
    ("ORG-01", ALG, "generative", {**IN_2022, "/applicant/address": None}, "/applicant/address"),
    ("ORG-03", ALG, "algorithm", {"/applicant/governance/0": "data_protection"}, "/applicant/governance"),
    ("ORG-04", ALG, "algorithm", {"/applicant/governance": FOUR_SYSTEMS}, "/applicant/governance"),
    ("ORG-04", ALG, "generative", {**IN_2022, "/applicant/governance": None}, "/applicant/governance"),
    ("RTE-01", NOT, "registration", {**IN_2023, **OWN}, "/models/0/developer"),
    ("RTE-02", IM, "generative", {"/service/algorithm_filing_number": None}, "/service/algorithm_filing_number"),
    ("RTE-02", IM, "registration", {"/service/algorithm_filing_number": None}, "/service/algorithm_filing_number"),
    ("RTE-03", IM, "generative", {**IN_2023, "/service/public": False}, "/service/public"),
    ("RTE-04", ALG, "algorithm", {"/algorithm": None}, "/algorithm"),
    ("RTE-05", DS, "algorithm", {"/algorithm/role": None}, "/algorithm/role"),
    ("RTE-08", NOT, "registration", {**IN_2023, "/models/0/access": "on_device"}, "/models/0/access"),
    ("ALG-01", ALG, "algorithm", {"/service/forms": []}, "/service/forms"),
    ("ALG-02", ALG, "algorithm", {"/algorithm/name": None}, "/algorithm/name"),
    ("ALG-03", ALG, "algorithm", {"/algorithm/purpose": None}, "/algorithm/purpose"),
    ("ALG-06", ALG, "algorithm", {"/algorithm/type": "personalized_push"}, "/algorithm/opt_out"),
    ("DS-01", DS, "algorithm", {"/service/identity_verification": None}, "/service/identity_verification"),
    (
        "DS-02",
        DS,
        "registration",
        {**IN_2022, "/service/functions": ["face_edit"]},
        "/service/separate_consent_for_biometrics",
    ),
    ("DS-03", DS, "algorithm", {"/algorithm/uses_biometrics": True}, "/assessment"),
    ("SRV-03", ALG, "algorithm", {"/service/complaint_channel": None}, "/service/complaint_channel"),
    ("SRV-03", ALG, "registration", {**IN_2022, "/service/complaint_channel": None}, "/service/complaint_channel"),
    ("SRV-04", IM, "generative", {**IN_2023, "/service/audience": None}, "/service/audience"),
    ("SRV-05", IM, "generative", {**IN_2023, "/service/serves_minors": True}, "/service/minor_protection"),
    ("SRV-08", ALG, "algorithm", {"/service/domain": "news"}, "/service/permits"),
    ("SRV-08", ALG, "generative", {**IN_2022, "/service/domain": "news"}, "/service/permits"),
    (
        "SRV-09",
        IM,
        "generative",
        {**IN_2023, "/service/domain": "legal", "/service/permits": None},
        "/service/permits",
    ),
    ("SRV-10", ALG, "algorithm", {"/service/opinion_capacity": None}, "/service/opinion_capacity"),
    ("SRV-10", ALG, "registration", {**IN_2022, "/service/opinion_capacity": None}, "/service/opinion_capacity"),
]
# Rules on the forms in use: no first day.
WITHOUT_A_FIRST_DAY = [
    ("ORG-02", "algorithm", {"/applicant/security_officer": None}, "/applicant/security_officer"),
    ("ORG-05", "algorithm", {"/applicant/region": "449999"}, "/applicant/region"),
    ("ORG-06", "generative", {"/applicant/contact": None}, "/applicant/contact"),
    ("RTE-07", "algorithm", {"/jurisdiction": "11"}, "/jurisdiction"),
    ("RTE-09", "algorithm", {"/jurisdiction": None}, "/jurisdiction"),
    ("ALG-04", "algorithm", {"/algorithm/summary": None}, "/algorithm/summary"),
    ("ALG-05", "algorithm", {"/algorithm/risk_controls": None}, "/algorithm/risk_controls"),
    ("ALG-07", "algorithm", {"/service/access_path": None}, "/service/access_path"),
    ("ALG-08", "algorithm", {"/algorithm/result_labeling": None}, "/algorithm/result_labeling"),
    ("SRV-07", "registration", {"/service/forms": None}, "/service/forms"),
    ("NUM-01", "algorithm", {"/service/algorithm_filing_number": "无"}, "/service/algorithm_filing_number"),
]
LONG_AGO = {"submitted_on": date(2022, 1, 10), "first_submitted_on": date(2022, 1, 10)}
DAY = timedelta(days=1)


@pytest.mark.parametrize(("rule", "since", "kind", "changes", "at"), JUDGED_ON_SUBMISSION)
def test_a_draft_is_judged_by_today(rule, since, kind, changes, at):
    dossier = a_dossier(kind, changes)
    assert flagged(dossier, on=str(since - DAY)) == []
    assert flagged(dossier, on=str(since)) == [(rule, at)]


@pytest.mark.parametrize(("rule", "since", "kind", "changes", "at"), JUDGED_ON_SUBMISSION)
def test_a_submitted_filing_is_judged_by_the_day_of_its_submission(rule, since, kind, changes, at):
    dossier = a_dossier(kind, changes)
    facts = {"status": "submitted", "first_submitted_on": date(2022, 1, 10)}
    assert flagged(dossier, submitted_on=since - DAY, **facts) == []
    assert flagged(dossier, submitted_on=since, **facts) == [(rule, at)]


@pytest.mark.parametrize(
    ("rule", "field", "document"),
    [("SRV-01", "terms_url", "service_agreement"), ("SRV-02", "privacy_url", "privacy_policy")],
)
def test_srv01_and_srv02_start_with_the_interim_measures_and_doc02_has_no_first_day(rule, field, document):
    at = f"/service/{field}"
    dossier = a_dossier("generative", {**IN_2023, **without("generative", document), at: None})
    missing = ("DOC-02", "/documents")
    assert flagged(dossier, on=str(IM - DAY)) == [missing]
    assert flagged(dossier, on=str(IM)) == [(rule, at), missing]


@pytest.mark.parametrize(("rule", "kind", "changes", "at"), WITHOUT_A_FIRST_DAY)
def test_the_forms_have_no_first_day(rule, kind, changes, at):
    year = {} if "/service/algorithm_filing_number" in changes else {"/service/algorithm_filing_number": None}
    dossier = a_dossier(kind, {**year, **changes})
    assert flagged(dossier, on="2015-06-01") == [(rule, at)]


def test_rte06_has_no_first_day():
    dossier = amending("algorithm", "change", {"/amends": None})
    assert flagged(dossier, on="2015-06-01") == [("RTE-06", "/amends")]


def test_a_number_looks_odd_even_long_ago():
    dossier = a_dossier("algorithm", IN_2022)
    assert flagged(dossier, on="2021-12-31") == [("NUM-02", "/service/algorithm_filing_number")]
    assert flagged(dossier, on="2022-01-01") == []


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("algorithm", {"public_record_link": "https://beian.cac.gov.cn/1"}),
        ("generative", {"model_name_shown": True}),
    ],
)
def test_srv06_begins_with_the_provisions_whenever_the_filing_was_submitted(kind, shown):
    changes = {**IN_2022, "/service/launched_on": "2022-01-04", "/service/display": shown}
    dossier, facts = a_dossier(kind, changes), {"status": "filed", **LONG_AGO}
    assert flagged(dossier, on="2022-02-28", **facts) == []
    assert flagged(dossier, on="2022-03-01", **facts) == [("SRV-06", "/service/display/number_shown_at")]


def test_ddl01_begins_with_the_provisions():
    dossier = a_dossier("algorithm", {"/service/launched_on": "2022-01-04"})
    assert flagged(dossier, on="2022-02-28") == []
    assert flagged(dossier, on="2022-03-01") == [("DDL-01", "/service/launched_on")]


def test_ddl01_begins_with_the_provisions_for_a_filing_submitted_before_them():
    dossier = a_dossier("algorithm", {"/service/launched_on": "2022-01-04"})
    facts = {"status": "submitted", "submitted_on": date(2022, 2, 1), "first_submitted_on": date(2022, 2, 1)}
    assert flagged(dossier, on="2022-02-28", **facts) == []
    assert flagged(dossier, on="2022-03-01", **facts) == [("DDL-01", "/service/launched_on")]


@pytest.mark.parametrize("action", ["change", "cancellation"])
def test_ddl02_begins_with_the_provisions(action):
    number = IN_2022["/service/algorithm_filing_number"]
    dossier = amending("algorithm", action, {"/amends": number, "/occurred_on": "2022-01-04"})
    assert flagged(dossier, on="2022-02-28") == []
    assert flagged(dossier, on="2022-03-01") == [("DDL-02", "/occurred_on")]


@pytest.mark.parametrize("facts", [{}, {"status": "submitted", **LONG_AGO}])
@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_ddl06_begins_with_the_interim_measures_whenever_the_filing_was_submitted(kind, facts):
    dossier = a_dossier(kind, {**IN_2022, "/service/launched_on": "2023-08-01"})
    assert flagged(dossier, on="2023-08-14", **facts) == []
    assert flagged(dossier, on="2023-08-15", **facts) == [("DDL-06", "/service/launched_on")]


def test_every_rule_of_the_catalog_is_listed_here_with_its_first_day():
    # DDL-05 needs a year without a confirmed notice; there is none before 2027.
    families = ("ORG", "RTE", "ALG", "DS", "SRV", "NUM", "DDL-01", "DDL-02", "DDL-06")
    dated = {rule.code: rule.since for rule in CATALOG if rule.code.startswith(families) and rule.since}
    on_today = {"SRV-01": IM, "SRV-02": IM, "SRV-06": ALG, "DDL-01": ALG, "DDL-02": ALG, "DDL-06": IM}
    assert dated == {**{rule: since for rule, since, *_ in JUDGED_ON_SUBMISSION}, **on_today}
