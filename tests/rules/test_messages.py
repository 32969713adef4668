"""The messages of findings in both languages: what was found and what is required."""

from __future__ import annotations

from datetime import date

import pytest

from compliance.rules.wording import message
from tests.building import a_dossier, judged
from tests.rules.amending import NUMBERS, amending

LAUNCHED = {"/service/launched_on": "2026-04-30"}
NUMBER = "/service/algorithm_filing_number"


def messages(dossier, language, **facts):
    return [message(finding, language) for finding in judged(dossier, **facts).findings]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("dossier", "expected"),
    [
        (a_dossier("algorithm", {"/applicant/uscc": "91999999708461136W"}), ["999999"]),
        (a_dossier("algorithm", {"/applicant/region": "449999"}), ["449999"]),
        (a_dossier("algorithm", {"/jurisdiction": "11"}), ["11", "44"]),
        (a_dossier("algorithm", {"/service/description": "长" * 501}), ["501", "500"]),
        (a_dossier("algorithm", {NUMBER: "正在办理"}), ["正在办理", "21", "网信算备"]),
        (a_dossier("algorithm", {NUMBER: "网信算备999999000000201260009号"}), ["999999"]),
        (a_dossier("algorithm", {NUMBER: "网信算备440305000000207260009号"}), ["07"]),
        (a_dossier("algorithm", {NUMBER: "网信算备440305000000201270007号"}), ["2027"]),
        (a_dossier("algorithm", {NUMBER: "网信算备440305000000201260004号"}), ["4", "3"]),
        (a_dossier("algorithm", LAUNCHED), ["2026-05-18", "2026-04-30", "10"]),
        (a_dossier("generative", LAUNCHED), ["2026-04-30"]),
        (amending("algorithm", "cancellation", {"/occurred_on": "2026-04-30"}), ["2026-06-01", "2026-04-30", "20"]),
        (amending("algorithm", "change", {"/amends": "备案中"}), ["备案中"]),
    ],
)
def test_a_message_gives_what_was_found_and_what_is_required(dossier, expected, language):
    (text,) = messages(dossier, language)
    assert [word for word in expected if word not in text] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_message_of_a_late_submission_gives_its_day_and_its_deadline(language):
    facts = {"status": "submitted", "first_submitted_on": date(2026, 5, 19)}
    (text,) = messages(a_dossier("algorithm", LAUNCHED), language, **facts)
    assert [day for day in ("2026-05-19", "2026-05-18", "2026-04-30") if day not in text] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_message_of_an_unknown_number_gives_the_number(language):
    (text,) = messages(amending("algorithm", "change"), language, other_filings=())
    assert NUMBERS["algorithm"] in text


@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "algorithm monitoring system"), ("zh", "算法安全监测制度")],
)
def test_a_missing_system_is_named_by_its_label(language, label):
    systems = ["self_assessment", "incident_response", "violation_handling", "ethics_review", "data_protection"]
    (text,) = messages(a_dossier("algorithm", {"/applicant/governance": systems}), language)
    assert label in text


@pytest.mark.parametrize(("language", "since"), [("en", "2022-03-01"), ("zh", "2022-03-01")])
def test_a_message_gives_the_first_day_of_the_rule(language, since):
    (text,) = messages(a_dossier("algorithm", {"/applicant/address": None}), language)
    assert since in text


@pytest.mark.parametrize(
    ("kind", "changes", "facts"),
    [
        ("algorithm", {"/algorithm/type": "personalized_push", "/algorithm/opt_out": False}, {}),
        ("algorithm", {"/service/identity_verification": "none"}, {}),
        ("registration", {"/models/0/access": "on_device"}, {}),
        ("registration", {"/models/0/developer": {"name": "样例云图智能有限公司", "country": "CN"}}, {}),
        ("generative", {"/service/public": False}, {}),
        ("generative", {"/service/domain": "legal", "/service/permits": None}, {}),
        ("algorithm", {"/service/launched_on": "2026-12-18"}, {"on": "2026-12-31"}),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_message_has_an_unfilled_placeholder(kind, changes, facts, language):
    (text,) = messages(a_dossier(kind, changes), language, **facts)
    assert "{" not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_the_filer_wrote_stays_as_written(language):
    dossier = a_dossier("registration", {"/models/0/name": "ernie-lite", "/models/0/filing_number": None})
    (text,) = messages(dossier, language)
    assert text.startswith("ernie-lite")


def test_a_province_is_named_by_its_label():
    assert "11 Beijing" in messages(a_dossier("algorithm", {"/jurisdiction": "11"}), "en")[0]
    assert "44 广东" in messages(a_dossier("algorithm", {"/jurisdiction": "11"}), "zh")[0]


def test_a_class_is_named_once():
    changes = {"/assessment/refusal_questions/per_risk/A.1.a": 19}
    (text,) = messages(a_dossier("generative", changes), "en")
    assert text.startswith(
        "Should-refuse question bank › count per risk, A.1.a inciting subversion of state power: 19;"
    )
