"""NUM: the official numbers in a dossier."""

from __future__ import annotations

from datetime import date

import pytest

from tests.building import a_dossier, flagged, flagged_in_full
from tests.rules.amending import KINDS, NUMBERS, amending

ANCESTOR = {
    "key": "base",
    "name": "ChatGLM-Base",
    "developer": {"name": "北京智谱华章科技有限公司", "country": "CN"},
    "used_by_service": False,
    "license": "LicenseRef-Commercial",
}
PUBLISHED_ALGORITHM_NUMBERS = [
    "网信算备330110507206401230035号",
    "网信算备330106003156001240091号",
    "网信算备110108970550101240011号",
    "网信算备110108823483901230031号",
    "网信算备440304042830501240017号",
    "网信算备330109830471102220013号",
    "网信算备330109830471104220015号",
]
PUBLISHED_FILING_NUMBERS = [
    "Beijing-WenXinYiYan-20230821",
    "ZheJiang-TongYiQianWen-20230901",
    "Beijing-DeepseekChat-202404280016",
    "Shanghai-MiniMax-202505230046",
    "ZheJiang-HuaShuShiHuaWenLvDaMoXing-20250609000026",
]
PUBLISHED_REGISTRATION_NUMBERS = ["Guangdong-Plaud-20251229S0027", "Guangdong-FigCraft-20260817S0078"]
NO_ALGORITHM_NUMBERS = [
    "网信算备44030500000020126000号",  # 20 digits
    "网信算备4403050000002012600030号",  # 22 digits
    "网信算备44030500000020号",
    "440305000000201260003",
    "网信备440305000000201260003号",
    "网信算备44030500000020126000X号",
    "Beijing-ChatGLM-20230821",
    "正在办理",
]
NO_SERVICE_NUMBERS = [
    "Beijing-ChatGLM",
    "Beijing-20230821",
    "Beijing-ChatGLM-2023082",
    "Beijing-ChatGLM-2023082100",
    "Beijing-ChatGLM-202308210",
    "Beijing-ChatGLM-20230821T0001",
    "网信算备440305000000201260003号",
    "正在办理",
]


def covered_by(number):
    return {"/service/algorithm_filing_number": number}


# NUM-01
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", NO_ALGORITHM_NUMBERS)
def test_num01_flags_an_algorithm_number_in_the_wrong_format(kind, number):
    found = flagged_in_full(a_dossier(kind, covered_by(number)))
    assert [line[:3] for line in found] == [("NUM-01", "/service/algorithm_filing_number", "error")]


@pytest.mark.parametrize("number", PUBLISHED_ALGORITHM_NUMBERS)
def test_published_algorithm_numbers_raise_nothing(number):
    assert flagged(a_dossier("generative", covered_by(number))) == []
    assert flagged(amending("algorithm", "change", {"/amends": number})) == []


@pytest.mark.parametrize(
    "number",
    [
        "网信算备:440305000000201260003号",
        "网信算备：440305000000201260003号",
        "网信算备４４０３０５００００００２０１２６０００３号",
        "  网信算备440305000000201260003号 ",
    ],
)
def test_num01_ignores_width_and_colon(number):
    assert flagged(a_dossier("generative", covered_by(number))) == []


@pytest.mark.parametrize("kind", ["generative", "registration"])
@pytest.mark.parametrize("number", NO_SERVICE_NUMBERS)
def test_num01_flags_the_number_of_a_model_in_the_wrong_format(kind, number):
    dossier = a_dossier(kind, {"/models/-": {**ANCESTOR, "filing_number": number}})
    assert [line[:3] for line in flagged_in_full(dossier)] == [("NUM-01", "/models/1/filing_number", "error")]


@pytest.mark.parametrize("number", [*PUBLISHED_FILING_NUMBERS, *PUBLISHED_REGISTRATION_NUMBERS])
def test_num01_accepts_published_numbers_of_models(number):
    assert flagged(a_dossier("generative", {"/models/-": {**ANCESTOR, "filing_number": number}})) == []


def test_num01_accepts_a_full_width_number_of_a_model():
    number = "Ｂｅｉｊｉｎｇ－ＣｈａｔＧＬＭ－２０２３０８２１"
    assert flagged(a_dossier("generative", {"/models/-": {**ANCESTOR, "filing_number": number}})) == []


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_num01_does_not_require_a_number(nothing):
    assert flagged(a_dossier("algorithm", covered_by(nothing))) == []
    assert flagged(a_dossier("generative", {"/models/-": {**ANCESTOR, "filing_number": nothing}})) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["change", "cancellation"])
@pytest.mark.parametrize("number_of", [*KINDS, None])
def test_num01_requires_amends_to_be_a_number_of_the_dossiers_own_kind(kind, action, number_of):
    dossier = amending(kind, action, {"/amends": NUMBERS.get(number_of, "正在办理")})
    assert flagged(dossier) == ([] if number_of == kind else [("NUM-01", "/amends")])


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        *(("algorithm", number) for number in PUBLISHED_ALGORITHM_NUMBERS),
        *(("generative", number) for number in PUBLISHED_FILING_NUMBERS),
        *(("registration", number) for number in PUBLISHED_REGISTRATION_NUMBERS),
    ],
)
def test_num01_accepts_published_numbers_in_amends(kind, number):
    assert flagged(amending(kind, "cancellation", {"/amends": number})) == []


def test_num01_applies_to_amends_of_an_initial_filing_too():
    assert flagged(a_dossier("algorithm", {"/amends": "正在办理"})) == [("NUM-01", "/amends")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["change", "cancellation"])
def test_num01_applies_to_changes_and_cancellations(kind, action):
    assert flagged(amending(kind, action, covered_by("正在办理"))) == [("NUM-01", "/service/algorithm_filing_number")]


def test_num01_flags_every_number_in_the_wrong_format():
    changes = {**covered_by("无"), "/amends": "无", "/models/-": {**ANCESTOR, "filing_number": "无"}}
    assert flagged(a_dossier("generative", changes)) == [
        ("NUM-01", "/service/algorithm_filing_number"),
        ("NUM-01", "/amends"),
        ("NUM-01", "/models/1/filing_number"),
    ]


def test_num01_does_not_require_models():
    assert flagged(a_dossier("algorithm", {"/models": None})) == []


# NUM-02
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("number", "variant"),
    [
        ("网信算备999999000000201260009号", "unknown_area"),
        ("网信算备440305000000207260009号", "unknown_kind"),
        ("网信算备440305000000200260007号", "unknown_kind"),
        ("网信算备440305000000201270007号", "future_year"),
        ("网信算备440305000000201990001号", "future_year"),
        ("网信算备440305000000201260004号", "check_digit"),
        ("网信算备:４４０３０５００００００２０１２６０００４号", "check_digit"),
    ],
)
def test_num02_warns_of_an_odd_algorithm_number(kind, number, variant):
    dossier = a_dossier(kind, covered_by(number))
    assert flagged_in_full(dossier) == [("NUM-02", "/service/algorithm_filing_number", "warning", variant)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["change", "cancellation"])
def test_num02_applies_to_changes_and_cancellations(kind, action):
    dossier = amending(kind, action, covered_by("网信算备440305000000201260004号"))
    assert flagged(dossier) == [("NUM-02", "/service/algorithm_filing_number")]


@pytest.mark.parametrize("action", ["change", "cancellation"])
def test_num02_applies_to_amends_of_an_algorithm_filing(action):
    dossier = amending("algorithm", action, {"/amends": "网信算备440305000000201260004号"})
    assert flagged_in_full(dossier) == [("NUM-02", "/amends", "warning", "check_digit")]


@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_num02_leaves_amends_of_other_filings_to_num01(kind):
    dossier = amending(kind, "change", {"/amends": "网信算备440305000000201260004号"})
    assert flagged(dossier) == [("NUM-01", "/amends")]


@pytest.mark.parametrize(
    "number",
    [
        "网信算备110000000000201260001号",  # a province
        "网信算备110103000000201260005号",  # a district dissolved in 2010
    ],
)
def test_num02_knows_areas_of_every_level_now_and_formerly(number):
    assert flagged(a_dossier("generative", covered_by(number))) == []


@pytest.mark.parametrize("number", NO_ALGORITHM_NUMBERS)
def test_num02_leaves_numbers_in_the_wrong_format_to_num01(number):
    dossier = amending("algorithm", "change", {"/amends": number})
    assert flagged(dossier) == [("NUM-01", "/amends")]


def test_num02_flags_every_oddity_separately():
    assert flagged_in_full(a_dossier("algorithm", covered_by("网信算备999999000000299990000号"))) == [
        ("NUM-02", "/service/algorithm_filing_number", "warning", "unknown_area"),
        ("NUM-02", "/service/algorithm_filing_number", "warning", "unknown_kind"),
        ("NUM-02", "/service/algorithm_filing_number", "warning", "future_year"),
        ("NUM-02", "/service/algorithm_filing_number", "warning", "check_digit"),
    ]


@pytest.mark.parametrize(("day", "found"), [("2026-12-31", 1), ("2027-01-01", 0), ("2027-01-02", 0)])
def test_num02_judges_the_year_of_a_draft_by_today(day, found):
    dossier = a_dossier("generative", covered_by("网信算备440305000000201270007号"))
    assert flagged(dossier, on=day) == [("NUM-02", "/service/algorithm_filing_number")] * found


@pytest.mark.parametrize(("submitted_on", "found"), [(date(2026, 12, 31), 1), (date(2027, 1, 1), 0)])
def test_num02_judges_the_year_of_a_submitted_filing_by_the_day_of_submission(submitted_on, found):
    dossier = a_dossier("generative", covered_by("网信算备440305000000201270007号"))
    facts = {"status": "submitted", "submitted_on": submitted_on, "first_submitted_on": date(2026, 12, 1)}
    assert flagged(dossier, on="2027-06-01", **facts) == [("NUM-02", "/service/algorithm_filing_number")] * found
