"""Official numbers as people paste them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compliance.rules.wording import message
from registry.numbers.forms import has_the_form_of, number_key
from registry.numbers.spelling import Understood, understood
from tests.building import a_dossier, flagged_in_full, judged

KINDS = ("algorithm", "generative", "registration")
PASTED = json.loads((Path(__file__).parent.parent / "examples" / "wild" / "numbers.json").read_text(encoding="utf-8"))
CORRECTIONS = {"a remark": "remark", "号 missing": "suffix", "blanks": "blanks", "a prefix": "prefix", "case": "case"}


@pytest.mark.parametrize("case", PASTED, ids=lambda case: case["given"])
def test_a_pasted_number_means_what_its_page_meant(case):
    kinds = [kind for kind in KINDS if has_the_form_of(kind, case["given"])]
    assert kinds == ([case["kind"]] if case["kind"] else [])
    if case["number"]:
        assert number_key(case["given"]) == number_key(case["number"].split(" ")[0])
    assert understood(case["given"]).corrections == (
        (CORRECTIONS[case["told"]],) if case.get("told") in CORRECTIONS else ()
    )


@pytest.mark.parametrize(
    ("text", "number", "corrections"),
    [
        ("备案编号：Beijing-YunQue-20230821。", "Beijing-YunQue-20230821", ("prefix",)),
        ("算法备案号: 网信算备110108823483901230031号", "网信算备110108823483901230031号", ("prefix",)),
        ("网信算备 110108823483901230031 号【已备案】", "网信算备110108823483901230031号", ("remark", "blanks")),
        ("Beijing-A-20240101s0001", "Beijing-A-20240101S0001", ("case",)),
        ("Shanghai—ABC—202401010001", "Shanghai-ABC-202401010001", ()),
    ],
)
def test_what_was_put_right_is_named(text, number, corrections):
    assert (understood(text).number, understood(text).corrections) == (number, corrections)


@pytest.mark.parametrize(
    "text",
    [
        "网信算备110108xxxxxx号",
        "网信算备11010882348390123003号",
        "网信算备1101088234839012300311号",
        "Beijing-X-202401010001-extra",
        "Beijing-X-20240101000",
        "见 Beijing-YunQue-20230821 等",
        "网信算备110108823483901230031号及其他",
        "x" * 10_000,
        "",
    ],
)
def test_what_may_mean_something_else_is_no_number(text):
    assert understood(text).number is None


def messages(number: str, language: str) -> list[str]:
    dossier = a_dossier("generative", {"/service/algorithm_filing_number": number})
    return [message(finding, language) for finding in judged(dossier).findings]


def test_num01_tells_what_was_put_right_as_information():
    pasted = "备案号：网信算备440305000000201260003（旧版）"
    at = "/service/algorithm_filing_number"
    assert flagged_in_full(a_dossier("generative", {at: pasted})) == [("NUM-01", at, "info", "normalized")]
    assert messages(pasted, "en") == [
        f"“{pasted}” was read as 网信算备440305000000201260003号 (a word before the number left out, a remark in brackets left out, "
        "the missing 号 added)."
    ]
    assert messages(pasted, "zh") == [
        f"“{pasted}”已按 网信算备440305000000201260003号 读取（略去编号前的文字、略去括号内的备注、补上缺少的“号”）。"
    ]


def test_num01_names_all_numbers_of_a_field():
    two = "网信算备330109830471102220013号、网信算备330109830471103220019号"
    at = "/service/algorithm_filing_number"
    assert flagged_in_full(a_dossier("generative", {at: two})) == [("NUM-01", at, "error", "several")]
    assert all(number in text for number in two.split("、") for text in [*messages(two, "en"), *messages(two, "zh")])


@pytest.mark.parametrize(
    "text",
    [
        "未备案：Beijing-ABC-202401011234",
        "不是备案号：网信算备110108000000001230011号",
        "驳回备案 Beijing-ABC-202401011234",
        "原备案号：Beijing-ABC-202401011234",
        "拟备案编号 Beijing-ABC-202401011234",
        "Beijing-ABC-202401011234（拒绝）",
        "Beijing-ABC-202401011234【备案中】",
        "Beijing-ABC-202401011234（已注销）",
        "Beijing-ABC-202401011234(not granted)",
        "Beijing-A-202401010001（至0005）",
        "Beijing-A-202401010001(0002)",
    ],
)
def test_a_number_that_is_taken_back_or_goes_on_is_not_understood(text):
    assert understood(text).number is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Beijing-ABC-20240101Beijing-DEF-20240102", ("Beijing-ABC-20240101", "Beijing-DEF-20240102")),
        (
            "Beijing-A-202401011234-Beijing-B-202401020001",
            ("Beijing-A-202401011234", "Beijing-B-202401020001"),
        ),
    ],
)
def test_numbers_that_were_glued_together_are_several(text, numbers):
    assert understood(text) == Understood(several=numbers)


def test_the_same_number_twice_is_one():
    assert understood("Beijing-ABC-20240101、Beijing-ABC-20240101").number == "Beijing-ABC-20240101"
