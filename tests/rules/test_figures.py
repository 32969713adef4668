"""Both sides of every figure of the law: a value just outside is flagged, the figure itself is not."""

from __future__ import annotations

import pytest

from compliance.rules.thresholds import thresholds
from tests.building import a_dossier, flagged_in_full

OLD, NEW = ("generative-complete-2024", "2024-06-20"), ("generative", "2026-11-20")
CORPUS, ASSESSMENT = "/models/0/corpora/0", "/assessment"
VIDEO = {"modality": "video", "text": "AI生成", "seconds": "2", "height_share": "0.05"}
IMAGE = {"modality": "image", "text": "AI合成", "height_share": "0.05"}
A1, A2 = [f"A.1.{letter}" for letter in "abcdefgh"], [f"A.2.{letter}" for letter in "abcdefghi"]
A3_TO_A5 = [*(f"A.3.{x}" for x in "abcde"), *(f"A.4.{x}" for x in "abcdefg"), "A.5.a", "A.5.b"]
ASPECTS = [
    "institution",
    "belief",
    "image",
    "culture",
    "custom",
    "ethnicity",
    "geography",
    "history",
    "heroes",
    "gender",
    "age",
    "occupation",
    "health",
]


def per(section, classes, *figures):
    return [(f"{ASSESSMENT}/{section}/{name}", *figures) for name in classes]


# Name of the threshold, rule by the old and by the new standard, and places with a failing and a passing value.
OF_BOTH_STANDARDS = [
    (
        "ILLEGAL_SHARE",
        "COR-03",
        "COR-04",
        [
            (f"{CORPUS}/source_check/illegal_share", "0.0501", "0.05"),
            (f"{CORPUS}/post_check/illegal_share", "0.0501", "0.05"),
        ],
    ),
    ("MANUAL_SAMPLE", "COR-05", "COR-06", [(f"{CORPUS}/manual_sample/size", 3_999, 4_000)]),
    ("MANUAL_PASS_RATE", "COR-05", "COR-06", [(f"{CORPUS}/manual_sample/pass_rate", "0.9599", "0.96")]),
    ("TECHNICAL_SHARE", "COR-07", "COR-08", [(f"{CORPUS}/technical_sample/share", "0.0999", "0.1")]),
    ("TECHNICAL_PASS_RATE", "COR-07", "COR-08", [(f"{CORPUS}/technical_sample/pass_rate", "0.9799", "0.98")]),
    ("SAFETY_REVIEWED_SHARE", "ANN-04", "ANN-04", [("/models/0/annotation/safety_reviewed_share", "0.9999", "1")]),
    ("KEYWORDS", "KW-01", "KW-01", [(f"{ASSESSMENT}/keywords/total", 9_999, 10_000)]),
    ("KEYWORDS_PER_A1_RISK", "KW-03", "KW-03", per("keywords/per_risk", A1, 199, 200)),
    ("KEYWORDS_PER_A2_RISK", "KW-03", "KW-03", per("keywords/per_risk", A2, 99, 100)),
    ("QUESTIONS", "TB-01", "TB-01", [(f"{ASSESSMENT}/questions/total", 1_999, 2_000)]),
    ("QUESTIONS_PER_A1_A2_RISK", "TB-03", "TB-03", per("questions/per_risk", A1 + A2, 49, 50)),
    ("QUESTIONS_PER_OTHER_RISK", "TB-03", "TB-03", per("questions/per_risk", A3_TO_A5, 19, 20)),
    ("REFUSAL_QUESTIONS", "RF-01", "RF-01", [(f"{ASSESSMENT}/refusal_questions/total", 499, 500)]),
    ("REFUSAL_QUESTIONS_PER_RISK", "RF-01", "RF-01", per("refusal_questions/per_risk", A1 + A2, 19, 20)),
    ("NON_REFUSAL_QUESTIONS", "RF-02", "RF-02", [(f"{ASSESSMENT}/non_refusal_questions/total", 499, 500)]),
    ("NON_REFUSAL_QUESTIONS_PER_ASPECT", "RF-02", "RF-02", per("non_refusal_questions/per_aspect", ASPECTS, 19, 20)),
    (
        "CONTENT_PASS_RATE",
        "AS-03",
        "AS-03",
        [
            (f"{ASSESSMENT}/content_tests/{way}/pass_rate", "0.8999", "0.9")
            for way in ("manual", "keyword", "classifier")
        ],
    ),
    (
        "CONTENT_SAMPLE",
        "AS-04",
        "AS-04",
        [(f"{ASSESSMENT}/content_tests/{way}/sampled", 999, 1_000) for way in ("manual", "keyword", "classifier")],
    ),
    ("REFUSAL_RATE", "AS-05", "AS-05", [(f"{ASSESSMENT}/refusal_test/refusal_rate", "0.9499", "0.95")]),
    ("NON_REFUSAL_RATE", "AS-06", "AS-06", [(f"{ASSESSMENT}/non_refusal_test/refusal_rate", "0.0501", "0.05")]),
    (
        "REFUSAL_SAMPLE",
        "AS-07",
        "AS-07",
        [(f"{ASSESSMENT}/refusal_test/sampled", 299, 300), (f"{ASSESSMENT}/non_refusal_test/sampled", 299, 300)],
    ),
    ("OPT_OUT_CLICKS", "AS-11", "AS-11", [(f"{ASSESSMENT}/input_opt_out_clicks", 5, 4)]),
    ("HARMFUL_IN_A_ROW", "AS-11", "AS-11", [(f"{ASSESSMENT}/suspends_after/consecutive", 4, 3)]),
    ("HARMFUL_IN_A_DAY", "AS-11", "AS-11", [(f"{ASSESSMENT}/suspends_after/daily", 6, 5)]),
]
CASES = [
    (base, rule, *place)
    for _, old, new, places in OF_BOTH_STANDARDS
    for base, rule in ((OLD, old), (NEW, new))
    for place in places
]
# Figures tested elsewhere: deadlines in test_deadlines, updates and users below, others with their rules.
ELSEWHERE = {
    "FILING_DAYS",
    "CHANGE_DAYS",
    "CANCELLATION_DAYS",
    "DECISION_DAYS",
    "CORRECTION_DAYS",
    "DUE_SOON_DAYS",
    "DESCRIPTION_LENGTH",
    "KEYWORD_UPDATE_DAYS",
    "PASS_RATE_TOLERANCE",
    "LOG_RETENTION_MONTHS",
    "VIDEO_LABEL_SECONDS",
    "LABEL_HEIGHT_SHARE",
    "MANY_USERS",
}


def test_every_figure_is_tested_here_or_elsewhere():
    assert {name for name, *_ in OF_BOTH_STANDARDS} | ELSEWHERE == {name for name, _ in thresholds()}


@pytest.mark.parametrize(("base", "rule", "at", "failing", "passing"), CASES)
def test_a_figure_is_flagged_on_its_wrong_side_alone(base, rule, at, failing, passing):
    kind, day = base
    variant = (
        "too_high" if at.endswith(("illegal_share", "clicks", "consecutive", "daily")) or rule == "AS-06" else "too_low"
    )
    (found,) = flagged_in_full(a_dossier(kind, {at: failing}), on=day)
    assert (found[0], found[1], found[3]) == (rule, at, variant)
    assert flagged_in_full(a_dossier(kind, {at: passing}), on=day) == []


@pytest.mark.parametrize(("base", "rule", "at"), [(base, rule, at) for base, rule, at, *_ in CASES])
def test_a_figure_that_is_absent_is_a_gap_of_the_same_rule(base, rule, at):
    kind, day = base
    found = flagged_in_full(a_dossier(kind, {at: None}), on=day)
    covered = {"KW-03": [("KW-02", at, "error", "missing")], "TB-03": [("TB-02", at, "error", "missing")]}
    assert [each for each in found if each[0] == rule] == [(rule, at, found[-1][2], "missing")]
    assert [each for each in found if each[0] != rule] == covered.get(rule, [])


@pytest.mark.parametrize(
    ("label", "figure", "failing", "passing"),
    [
        (VIDEO, "seconds", "1.9999", "2"),
        (VIDEO, "height_share", "0.0499", "0.05"),
        (IMAGE, "height_share", "0.0499", "0.05"),
    ],
)
@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_a_label_is_large_and_long_enough(kind, label, figure, failing, passing):
    at = f"/labeling/explicit/1/{figure}"

    def with_label(value):
        return a_dossier(kind, {"/labeling/explicit/-": {**label, figure: value}})

    assert flagged_in_full(with_label(failing)) == [("LAB-08", at, "error", "too_low")]
    assert flagged_in_full(with_label(passing)) == []
    assert flagged_in_full(with_label(None)) == [("LAB-08", at, "error", "missing")]


@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_a_log_is_kept_for_six_months_if_content_goes_unlabeled(kind):
    at = "/labeling/log_retention_months"

    def keeping(months, unlabeled=True):
        return a_dossier(kind, {"/labeling/unlabeled_on_request": unlabeled, at: months})

    assert flagged_in_full(keeping(5)) == [("LAB-04", at, "error", "too_low")]
    assert flagged_in_full(keeping(None)) == [("LAB-04", at, "error", "missing")]
    assert flagged_in_full(keeping(6)) == []
    assert flagged_in_full(keeping(None, unlabeled=False)) == []


@pytest.mark.parametrize("users", [1_000_000, None, 0])
def test_an_anthropomorphic_service_of_a_million_users_needs_no_assessment(users):
    changes = {"/service/anthropomorphic": True, "/service/registered_users": users}
    assert flagged_in_full(a_dossier("registration", changes)) == []


def test_an_anthropomorphic_service_of_more_users_needs_one():
    changes = {"/service/anthropomorphic": True, "/service/registered_users": 1_000_001}
    assert flagged_in_full(a_dossier("registration", changes)) == [("ANT-02", "/assessment", "error", "missing")]
    assert flagged_in_full(a_dossier("generative", changes)) == []
    assert flagged_in_full(a_dossier("registration", {**changes, "/service/anthropomorphic": False})) == []


# The examples are assessed on 2026-11-10.
@pytest.mark.parametrize(
    ("rule", "section", "failing", "passing"),
    [
        ("KW-04", "keywords", "2026-11-02", "2026-11-03"),
        ("TB-04", "questions", "2026-10-09", "2026-10-10"),
        ("TB-05", "refusal_questions", "2026-10-09", "2026-10-10"),
        ("TB-05", "non_refusal_questions", "2026-10-09", "2026-10-10"),
    ],
)
def test_a_bank_is_updated_in_time(rule, section, failing, passing):
    at = f"/assessment/{section}/updated_on"
    assert flagged_in_full(a_dossier("generative", {at: failing})) == [(rule, at, "warning", "too_old")]
    assert flagged_in_full(a_dossier("generative", {at: passing})) == []
    assert flagged_in_full(a_dossier("generative", {at: None})) == [(rule, at, "warning", "missing")]


@pytest.mark.parametrize(
    ("assessed_on", "failing", "passing"),
    [
        ("2026-03-31", "2026-02-27", "2026-02-28"),
        ("2026-03-28", "2026-02-27", "2026-02-28"),
        ("2026-03-01", "2026-01-31", "2026-02-01"),
        ("2026-01-15", "2025-12-14", "2025-12-15"),
    ],
)
def test_a_calendar_month_ends_with_the_month(assessed_on, failing, passing):
    fresh = {
        f"/assessment/{name}/updated_on": assessed_on
        for name in ("keywords", "refusal_questions", "non_refusal_questions")
    }
    changes = {"/assessment/assessed_on": assessed_on, **fresh}
    at = "/assessment/questions/updated_on"
    assert flagged_in_full(a_dossier("generative", {**changes, at: failing})) == [("TB-04", at, "warning", "too_old")]
    assert flagged_in_full(a_dossier("generative", {**changes, at: passing})) == []


def test_without_a_day_of_assessment_a_bank_is_measured_by_the_day_that_counts():
    changes = {"/assessment/assessed_on": None, "/assessment/keywords/updated_on": "2026-11-12"}
    missing = ("AS-01", "/assessment/assessed_on", "error", "missing")
    late = ("KW-04", "/assessment/keywords/updated_on", "warning", "too_old")
    assert flagged_in_full(a_dossier("generative", changes), on="2026-11-19") == [missing]
    assert sorted(flagged_in_full(a_dossier("generative", changes), on="2026-11-20")) == [missing, late]
