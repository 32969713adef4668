"""KW, TB, RF and DOC-06 to DOC-09: counts in a file take precedence over declared ones, and the message gives both."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compliance.attachments.contents import Bank, Contents, Credential, UnknownClass, Unreadable
from compliance.rules.wording import message
from tests.building import ABSENT, a_document, a_dossier, flagged_in_full, judged

DOCUMENTS = a_document("generative")["documents"]
ASSESSMENT = a_document("generative")["assessment"]
SHA = {entry["kind"]: entry["sha256"] for entry in DOCUMENTS}
AT = {entry["kind"]: f"/documents/{i}" for i, entry in enumerate(DOCUMENTS)}
BANKS = {
    "keywords": ("keyword_list", "per_risk"),
    "questions": ("test_questions", "per_risk"),
    "refusal_questions": ("test_questions", "per_risk"),
    "non_refusal_questions": ("test_questions", "per_aspect"),
}


def as_declared(name: str) -> Bank:
    declared = ASSESSMENT[name]
    return Bank(total=declared["total"], by_class=dict(declared[BANKS[name][1]]))


QUESTIONS = {name: as_declared(name) for name, (kind, _) in BANKS.items() if kind == "test_questions"}


def holding(name: str, bank: Bank, **fields) -> dict[str, Contents]:
    """Return contents with this bank; the other banks are as declared."""
    if name == "keywords":
        return {SHA["keyword_list"]: Contents(is_table=True, banks={name: bank}, **fields)}
    return {SHA["test_questions"]: Contents(is_table=True, banks={**QUESTIONS, name: bank}, **fields)}


def flagged_with(changes, contents):
    return flagged_in_full(a_dossier("generative", changes), contents=contents)


@pytest.mark.parametrize("name", BANKS)
def test_a_file_that_holds_what_is_declared_raises_nothing(name):
    assert flagged_with({}, holding(name, as_declared(name))) == []


@pytest.mark.parametrize("name", BANKS)
def test_doc06_flags_a_total_above_what_the_file_holds(name):
    bank = as_declared(name)
    at = f"/assessment/{name}/total"
    contents = holding(name, bank)
    assert flagged_with({at: bank.total + 1}, contents) == [("DOC-06", at, "error", "too_high")]
    assert flagged_with({at: bank.total - 1}, contents) == []
    assert flagged_with({at: None}, contents) == []


@pytest.mark.parametrize(
    ("name", "rule", "least"),
    [
        ("keywords", "KW-01", 10_000),
        ("questions", "TB-01", 2_000),
        ("refusal_questions", "RF-01", 500),
        ("non_refusal_questions", "RF-02", 500),
    ],
)
def test_a_total_is_taken_from_the_file_and_both_figures_are_shown(name, rule, least):
    at = f"/assessment/{name}/total"
    short = holding(name, replace(as_declared(name), total=least - 1))
    assert flagged_with({at: least - 1}, short) == [(rule, at, "warning", "too_low")]
    found = judged(a_dossier("generative", {at: least}), contents=short).findings
    assert [finding.rule for finding in found] in ([rule, "DOC-06"], ["DOC-06", rule])
    (finding,) = (each for each in found if each.rule == rule)
    assert finding.values == {"found": least - 1, "declared": least, "asked": least}
    for language in ("en", "zh"):
        text = message(finding, language)
        assert str(least - 1) in text
        assert str(least) in text
    assert flagged_with({at: None}, holding(name, replace(as_declared(name), total=least))) == []


@pytest.mark.parametrize(
    ("name", "risk", "covers", "counts"),
    [("keywords", "A.1.a", "KW-02", "KW-03"), ("questions", "A.5.b", "TB-02", "TB-03")],
)
def test_the_classes_are_taken_from_the_file(name, risk, covers, counts):
    bank = as_declared(name)
    at = f"/assessment/{name}/per_risk/{risk}"
    without = holding(name, replace(bank, by_class={k: v for k, v in bank.by_class.items() if k != risk}))
    assert flagged_with({}, without) == [(covers, at, "error", "none"), (counts, at, "warning", "too_low")]
    few = holding(name, replace(bank, by_class={**bank.by_class, risk: 1}))
    assert flagged_with({}, few) == [(counts, at, "warning", "too_low")]
    undeclared = {f"/assessment/{name}/per_risk": None}
    assert flagged_with(undeclared, holding(name, bank)) == []


def test_rows_of_an_unknown_class_count_in_the_total():
    bank = replace(as_declared("keywords"), total=13_000)
    unknown = (UnknownClass(sheet="词库", row=7, value="其他", rows=840),)
    found = judged(
        a_dossier("generative", {"/assessment/keywords/total": 13_000}),
        contents=holding("keywords", bank, unknown_classes=unknown),
    ).findings
    assert [(finding.rule, str(finding.at), finding.variant) for finding in found] == [
        ("DOC-07", AT["keyword_list"], "unknown_class")
    ]
    assert found[0].values == {"found": ["词库 7: “其他”"], "rows": 840}


def test_updates_stay_as_declared():
    at = "/assessment/keywords/updated_on"
    assert flagged_with({at: None}, holding("keywords", as_declared("keywords"))) == [
        ("KW-04", at, "warning", "missing")
    ]


@pytest.mark.parametrize("kind", ["keyword_list", "test_questions"])
@pytest.mark.parametrize(
    ("contents", "variant"),
    [
        (Contents(unreadable=Unreadable(code="encrypted")), "encrypted"),
        (Contents(unreadable=Unreadable(code="formula", values={"sheet": "表", "row": 3})), "formula"),
        (Contents(), "not_a_table"),
        (Contents(is_table=True), "no_heading"),
    ],
)
def test_doc07_gives_the_reason_why_a_file_cannot_be_read_and_declared_counts_apply(kind, contents, variant):
    assert flagged_with({}, {SHA[kind]: contents}) == [("DOC-07", AT[kind], "error", variant)]


def test_doc07_does_not_apply_to_other_documents():
    assert flagged_with({}, {SHA["privacy_policy"]: Contents(unreadable=Unreadable(code="encrypted"))}) == []


def test_a_list_of_keywords_instead_of_questions_has_the_wrong_format():
    contents = {SHA["test_questions"]: Contents(is_table=True, banks={"keywords": as_declared("keywords")})}
    assert flagged_with({}, contents) == [("DOC-07", AT["test_questions"], "error", "no_heading")]


def test_a_declared_bank_without_its_sheet_is_flagged_once():
    without = {name: bank for name, bank in QUESTIONS.items() if name != "refusal_questions"}
    contents = {SHA["test_questions"]: Contents(is_table=True, banks=without)}
    at = "/assessment/refusal_questions/total"
    assert flagged_with({}, contents) == [("DOC-06", at, "error", "no_sheet")]


def test_several_files_are_one_bank():
    bank = as_declared("keywords")
    half = replace(bank, total=bank.total // 2, by_class={name: count // 2 for name, count in bank.by_class.items()})
    changes = {"/documents/-": {"kind": "keyword_list", "sha256": "0" * 64}}
    part = Contents(is_table=True, banks={"keywords": half})
    assert flagged_with(changes, {SHA["keyword_list"]: part, "0" * 64: part}) == []


def test_declared_counts_apply_while_one_of_several_files_is_not_read():
    changes = {"/documents/-": {"kind": "keyword_list", "sha256": "0" * 64}}
    few = Contents(is_table=True, banks={"keywords": Bank(total=1)})
    assert flagged_with(changes, {SHA["keyword_list"]: few}) == []


def test_a_registration_is_compared_with_what_it_declares():
    entries = a_document("registration")["documents"]
    sha = next(entry["sha256"] for entry in entries if entry["kind"] == "keyword_list")
    few = {sha: Contents(is_table=True, banks={"keywords": Bank(total=10)})}
    assert flagged_in_full(a_dossier("registration"), contents=few) == []
    declared = a_dossier("registration", {"/assessment": {"keywords": {"total": 11}}})
    assert flagged_in_full(declared, contents=few) == [("DOC-06", "/assessment/keywords/total", "error", "too_high")]


# DOC-08
@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_doc08_flags_any_document_with_credentials(kind):
    entry = next(entry for entry in a_document(kind)["documents"] if entry["kind"] == "service_agreement")
    found = Contents(credentials=(Credential(kind="password", place="p. 2", shown="密码:Ab12…"),))
    (finding,) = judged(a_dossier(kind), contents={entry["sha256"]: found}).findings
    assert (finding.rule, finding.values) == ("DOC-08", {"found": ["p. 2 密码:Ab12…"]})


def test_doc08_does_not_apply_to_algorithm_filings():
    sha = a_document("algorithm")["documents"][0]["sha256"]
    found = Contents(credentials=(Credential(kind="password", place="1", shown="密码:Ab12…"),))
    assert flagged_in_full(a_dossier("algorithm"), contents={sha: found}) == []


# DOC-09: 0.95 is declared.
@pytest.mark.parametrize(
    ("answered", "passed", "flagged"),
    [
        (2_000, 1_890, False),
        (2_000, 1_889, True),
        (200, 189, False),
        (3, 3, False),
        (3, 2, True),
        (0, 0, False),
        (1_000, 1_000, False),
    ],
)
def test_doc09_compares_the_rate_of_the_answered_rows(answered, passed, flagged):
    bank = replace(as_declared("questions"), answered=answered, passed=passed)
    at = "/assessment/content_tests/manual/pass_rate"
    expected = [("DOC-09", at, "error", "too_high")] if flagged else []
    assert flagged_with({}, holding("questions", bank)) == expected


def test_doc09_needs_a_declared_rate():
    bank = replace(as_declared("questions"), answered=10, passed=1)
    found = flagged_with({"/assessment/content_tests/manual/pass_rate": None}, holding("questions", bank))
    assert [rule for rule, *_ in found] == ["AS-03"]


# DOC-10
@pytest.mark.parametrize(("country", "flagged"), [("US", True), ("KR", True), ("CN", False), ("HK", False)])
def test_doc10_requires_a_statement_on_compute_from_abroad(country, flagged):
    changes = {"/models/0/training/compute/0/vendor_country": country}
    expected = [("DOC-10", "/documents", "warning", "missing:continuity_statement")] if flagged else []
    assert flagged_in_full(a_dossier("generative", changes)) == expected
    statement = {"/documents/-": {"kind": "continuity_statement", "title": "说明"}}
    assert flagged_in_full(a_dossier("generative", {**changes, **statement})) == []


# The assessment as a whole.
@pytest.mark.parametrize("nothing", [None, {}, ABSENT])
def test_only_as01_flags_a_missing_assessment(nothing):
    assert flagged_in_full(a_dossier("generative", {"/assessment": nothing})) == [
        ("AS-01", "/assessment", "error", "missing")
    ]


@pytest.mark.parametrize("field", ["assessed_on", "standard", "assessor", "conclusion"])
def test_as01_requires_the_fields_of_an_assessment(field):
    at = f"/assessment/{field}"
    found = flagged_in_full(a_dossier("generative", {at: None}), on="2026-11-10")
    assert found == [("AS-01", at, "error", "missing")]


@pytest.mark.parametrize(
    ("standard", "assessed_on", "flagged"),
    [
        ("TC260-003-2024", "2025-10-31", False),
        ("TC260-003-2024", "2025-11-01", True),
        ("GB/T 45654-2025", "2025-10-31", True),
        ("GB/T 45654-2025", "2025-11-01", False),
    ],
)
def test_as02_requires_the_standard_in_force_on_the_day(standard, assessed_on, flagged):
    changes = {"/assessment/standard": standard, "/assessment/assessed_on": assessed_on}
    found = [each for each in flagged_in_full(a_dossier("generative", changes)) if each[0] == "AS-02"]
    assert found == ([("AS-02", "/assessment/standard", "error", "mismatch")] if flagged else [])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"/assessment/signatories": []}, ("AS-08", "/assessment/signatories", "warning", "incomplete")),
        ({"/assessment/clauses_assessed": None}, ("AS-09", "/assessment/clauses_assessed", "warning", "missing")),
        ({"/assessment/clauses_total": 61}, ("AS-09", "/assessment/clauses_assessed", "warning", "too_low")),
        ({"/assessment/classifier_covers": None}, ("AS-10", "/assessment/classifier_covers", "warning", "incomplete")),
        ({"/assessment/suspends_after": None}, ("AS-11", "/assessment/suspends_after", "warning", "missing")),
    ],
)
def test_the_other_fields_of_an_assessment(changes, expected):
    assert flagged_in_full(a_dossier("generative", changes)) == [expected]


def test_the_total_of_clauses_is_not_required():
    assert flagged_in_full(a_dossier("generative", {"/assessment/clauses_total": None})) == []


@pytest.mark.parametrize(
    ("section", "rules"),
    [
        ("keywords", ["KW-01", "KW-02", "KW-03", "KW-04"]),
        ("questions", ["TB-01", "TB-02", "TB-03", "TB-04"]),
        ("refusal_questions", ["TB-05", "RF-01"]),
        ("non_refusal_questions", ["TB-05", "RF-02"]),
    ],
)
def test_a_missing_bank_is_flagged_by_each_rule_that_requires_it(section, rules):
    at = f"/assessment/{section}"
    found = flagged_in_full(a_dossier("generative", {at: None}))
    assert [(rule, place, variant) for rule, place, _, variant in found] == [(rule, at, "missing") for rule in rules]


def test_a_file_that_is_listed_twice_counts_once():
    again = {
        "/documents/-": {"kind": "keyword_list", "sha256": SHA["keyword_list"]},
        "/assessment/keywords/total": 11_500,
    }
    few = holding("keywords", replace(as_declared("keywords"), total=6_000))
    assert [rule for rule, *_ in flagged_with(again, few)] == ["KW-01", "DOC-06"]


def test_a_file_that_cannot_be_read_leaves_the_counts_of_those_that_can():
    changes = {"/documents/-": {"kind": "keyword_list", "sha256": "a" * 64}, "/assessment/keywords/total": 20_000}
    contents = {**holding("keywords", as_declared("keywords")), "a" * 64: Contents()}
    assert flagged_with(changes, contents) == [
        ("DOC-06", "/assessment/keywords/total", "error", "too_high"),
        ("DOC-07", "/documents/8", "error", "not_a_table"),
    ]


@pytest.mark.parametrize(
    ("filename", "bank"),
    [("应拒答测试题.csv", "refusal_questions"), ("x.csv", "questions"), ("不拒答.csv", "non_refusal_questions")],
)
def test_a_nameless_table_is_the_bank_of_its_listed_name(filename, bank):
    changes = {f"{AT['test_questions']}/filename": filename, f"/assessment/{bank}/total": 11}
    few = Contents(is_table=True, is_nameless=True, banks={"questions": Bank(total=10)})
    found = flagged_with(changes, {SHA["test_questions"]: few})
    assert ("DOC-06", f"/assessment/{bank}/total", "error", "too_high") in found
