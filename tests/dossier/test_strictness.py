"""Each kind of fault that the contract of the dossier names, and its place."""

from __future__ import annotations

import json
import time

import pytest

from compliance.dossier.faults import CODES, Malformed
from compliance.dossier.parsing import parse
from compliance.language import LANGUAGES
from tests.building import ABSENT, USCC, a_document

CORPUS = "/models/0/corpora/0"
LABEL = "/labeling/explicit/0"


def faults_of(raw: bytes) -> list[tuple[str, str]]:
    with pytest.raises(Malformed) as refused:
        parse(raw)
    for fault in refused.value.faults:
        assert fault.code in CODES
        assert all(fault.message(language) for language in LANGUAGES)
    return [(str(fault.at), fault.code) for fault in refused.value.faults]


def faults_of_document(kind: str, changes: dict) -> list[tuple[str, str]]:
    return faults_of(json.dumps(a_document(kind, changes)).encode())


def minimal(more: str = "") -> bytes:
    head = f'{{"kind": "algorithm", "applicant": {{"uscc": "{USCC}"}}, "service": {{"name": "x"}}'
    return f"{head}{more}}}".encode()


def test_the_three_required_fields_are_enough():
    assert parse(minimal()).dossier.service.name == "x"


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/modles", [], "unknown_field"),
        ("/applicant/fax", None, "unknown_field"),
        ("/applicant/a~1b", 1, "unknown_field"),
        ("/kind", "algorithms", "unknown_code"),
        ("/kind", None, "required"),
        ("/kind", ABSENT, "required"),
        ("/action", "initially", "unknown_code"),
        ("/action", " initial", "unknown_code"),
        ("/applicant", ABSENT, "required"),
        ("/applicant", None, "required"),
        ("/applicant", [], "not_an_object"),
        ("/applicant/uscc", ABSENT, "required"),
        ("/applicant/uscc", None, "required"),
        ("/applicant/uscc", "91440300708461136X", "uscc_check_digit"),
        ("/applicant/uscc", "91440300708461136t", "uscc_malformed"),
        ("/applicant/uscc", " 91440300708461136T", "uscc_malformed"),
        ("/applicant/uscc", "9144030070846113", "uscc_malformed"),
        ("/applicant/uscc", "914A0300708461136T", "uscc_malformed"),
        ("/service", None, "required"),
        ("/service/name", ABSENT, "required"),
        ("/service/name", None, "required"),
        ("/service/name", " \u3000", "required"),
        ("/service/name", 12, "not_a_text"),
        ("/applicant/name", 12, "not_a_text"),
        ("/applicant/name", True, "not_a_text"),
        ("/applicant/name", "x" * 20_001, "text_too_long"),
        ("/service/public", 1, "not_yes_or_no"),
        ("/service/public", "true", "not_yes_or_no"),
        ("/service/registered_users", "12", "not_a_count"),
        ("/service/registered_users", 12.5, "not_a_count"),
        ("/service/registered_users", 12.0, "not_a_count"),
        ("/service/registered_users", True, "not_a_count"),
        ("/service/registered_users", -1, "count_out_of_range"),
        ("/service/registered_users", 2**53 + 1, "count_out_of_range"),
        ("/service/launched_on", "2026-02-29", "impossible_day"),
        ("/service/launched_on", "2026-13-01", "impossible_day"),
        ("/service/launched_on", "0000-01-01", "impossible_day"),
        ("/service/launched_on", "2026-2-1", "not_a_day"),
        ("/service/launched_on", "20260201", "not_a_day"),
        ("/service/launched_on", 20260201, "not_a_day"),
        ("/service/launched_on", "２０２６-02-01", "not_a_day"),
        ("/service/forms", "website", "not_a_list"),
        ("/service/forms", {}, "not_a_list"),
        ("/service/forms/-", "fax", "unknown_code"),
        ("/service/forms/-", None, "null_in_list"),
        ("/service/urls/-", None, "null_in_list"),
        ("/service/permits/-", None, "null_in_list"),
        ("/documents/-", None, "null_in_list"),
        ("/jurisdiction", "4", "not_a_jurisdiction"),
        ("/jurisdiction", 44, "not_a_text"),
        ("/jurisdiction", "440", "not_a_jurisdiction"),
        ("/applicant/region", "4403", "not_a_region"),
        ("/applicant/region", "４４０３０５", "not_a_region"),
        ("/documents/0/sha256", "A" * 64, "not_a_sha256"),
        ("/documents/0/sha256", "a" * 63, "not_a_sha256"),
        ("/documents/0/kind", "letter", "unknown_code"),
        ("/documents/0/size", -1, "count_out_of_range"),
        (f"{LABEL}/seconds", "-0.5", "amount_out_of_range"),
        (f"{LABEL}/seconds", "2s", "not_a_plain_decimal"),
        (f"{LABEL}/height_share", "1.2", "rate_out_of_range"),
        (f"{LABEL}/height_share", 1.2, "rate_out_of_range"),
        (f"{LABEL}/height_share", "-0.1", "rate_out_of_range"),
        (f"{LABEL}/height_share", "-0", "rate_out_of_range"),
        (f"{LABEL}/height_share", "0.98000", "not_a_plain_decimal"),
        (f"{LABEL}/height_share", " 0.5 ", "not_a_plain_decimal"),
        (f"{LABEL}/height_share", "０.５", "not_a_plain_decimal"),
        (f"{LABEL}/height_share", "1_0", "not_a_plain_decimal"),
        (f"{LABEL}/height_share", "5e-1", "not_a_plain_decimal"),
        (f"{LABEL}/height_share", ".5", "not_a_plain_decimal"),
        (f"{LABEL}/height_share", "+0.5", "not_a_plain_decimal"),
        (f"{LABEL}/height_share", "", "not_a_plain_decimal"),
        (f"{LABEL}/height_share", True, "not_a_decimal"),
        (f"{LABEL}/modality", "smell", "unknown_code"),
    ],
)
def test_one_fault_is_located_by_its_own_field(pointer, value, code):
    at = pointer.replace("/-", "/2" if pointer.startswith("/service/forms") else "/1")
    at = {"/service/permits/1": "/service/permits/0", "/documents/1": "/documents/7"}.get(at, at)
    assert faults_of_document("algorithm", {pointer: value}) == [(at, code)]


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/models/0/developer/country", "XX", "unknown_country"),
        ("/models/0/developer/country", "cn", "not_a_country"),
        ("/models/0/developer/uscc", "91440300708461136X", "uscc_check_digit"),
        ("/models/0/training/compute/0/vendor_country", "CHN", "not_a_country"),
        ("/assessment/keywords/per_risk/A.9.z", 1, "unknown_code"),
        ("/assessment/keywords/per_risk/A.1.a", "800", "not_a_count"),
        ("/assessment/non_refusal_questions/per_aspect/weather", 1, "unknown_code"),
        ("/assessment/content_tests/manual/pass_rate", 95, "rate_out_of_range"),
        ("/models/0/annotation/rules_cover/-", "A.6.a", "unknown_code"),
        (f"{CORPUS}/color", "red", "unknown_field"),
        (f"{CORPUS}/manual_sample", 4000, "not_an_object"),
        ("/models/0/corpora", None, None),
    ],
)
def test_a_fault_deep_in_a_generative_dossier_is_located(pointer, value, code):
    if code is None:
        parse(json.dumps(a_document("generative", {pointer: value})).encode())
        return
    at = pointer.replace("/-", "/31")
    assert faults_of_document("generative", {pointer: value}) == [(at, code)]


def test_all_faults_are_reported_at_once_in_reading_order():
    changes = {"/service/public": 1, "/applicant/uscc": "x", "/modles": [], "/documents/2/size": "1"}
    assert faults_of_document("algorithm", changes) == [
        ("/applicant/uscc", "uscc_malformed"),
        ("/documents/2/size", "not_a_count"),
        ("/modles", "unknown_field"),
        ("/service/public", "not_yes_or_no"),
    ]


@pytest.mark.parametrize(
    ("more", "faults"),
    [
        (', "kind": "generative"', [("/kind", "doubled_key")]),
        (', "assessment": {"standard": null, "standard": null}', [("/assessment/standard", "doubled_key")]),
        (', "x": 1, "x": 2', [("/x", "doubled_key")]),
        (', "algorithm": {"name": "\\ud800"}', [("/algorithm/name", "unsayable_text")]),
        (', "algorithm": {"name": "a\\u0000b"}', [("/algorithm/name", "unsayable_text")]),
        (', "\\ud800": 1', [("/\\ud800", "unknown_field")]),
        (', "assessment": {"monitoring_staff": NaN}', [("/assessment/monitoring_staff", "not_a_number")]),
        (', "assessment": {"monitoring_staff": -Infinity}', [("/assessment/monitoring_staff", "not_a_number")]),
        (', "assessment": {"monitoring_staff": 1e3}', [("/assessment/monitoring_staff", "not_a_count")]),
        (
            f', "assessment": {{"monitoring_staff": {"9" * 5000}}}',
            [("/assessment/monitoring_staff", "count_out_of_range")],
        ),
        (
            ', "assessment": {"refusal_test": {"refusal_rate": 5e-1}}',
            [("/assessment/refusal_test/refusal_rate", "not_a_plain_decimal")],
        ),
        (
            ', "assessment": {"refusal_test": {"refusal_rate": 0.98000}}',
            [("/assessment/refusal_test/refusal_rate", "not_a_plain_decimal")],
        ),
    ],
)
def test_the_raw_bytes_are_read_before_any_type_sees_them(more, faults):
    assert faults_of(minimal(more)) == faults


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"{'kind': 1}", "not_json"),
        (minimal() + b"x", "not_json"),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
        (b'"text"', "not_an_object"),
        ('{"kind": "é"}'.encode("latin-1"), "not_utf8"),
        ("{}".encode("utf-16"), "not_utf8"),
        (b" " * (2 * 1024 * 1024 + 1), "too_large"),
        (minimal(', "x": ' + "[" * 100_000 + "]" * 100_000), "too_deep"),
    ],
)
def test_an_invalid_document_is_rejected_as_a_whole(raw, code):
    assert faults_of(raw) == [("", code)]


def test_a_byte_order_mark_is_no_fault():
    assert parse(b"\xef\xbb\xbf" + minimal()).dossier.kind == "algorithm"


def test_a_thirteenth_level_is_named():
    assert faults_of(minimal(', "x": ' + "[" * 12 + "]" * 12)) == [
        ("/x", "unknown_field"),
        ("/x" + "/0" * 11, "too_deep"),
    ]


def test_501_models_and_501_corpora_are_too_many():
    assert faults_of(minimal(', "models": [' + ",".join(["{}"] * 501) + "]")) == [("/models", "list_too_long")]
    corpora = ",".join(["{}"] * 501)
    assert faults_of(minimal(f', "models": [{{"corpora": [{corpora}]}}]')) == [("/models/0/corpora", "list_too_long")]


def test_500_models_are_not_too_many():
    assert len(parse(minimal(', "models": [' + ",".join(["{}"] * 500) + "]")).dossier.models or ()) == 500


def models(*entries: tuple[str, list[str]]) -> bytes:
    listed = [{"key": key, "derived_from": [{"key": parent} for parent in parents]} for key, parents in entries]
    return minimal(f', "models": {json.dumps(listed)}')


def test_two_models_with_one_key_are_located_by_the_later_key():
    assert faults_of(models(("a", []), ("a ", []))) == [("/models/1/key", "doubled_model_key")]


def test_a_parent_that_is_not_listed_is_located():
    assert faults_of(models(("a", ["b"]))) == [("/models/0/derived_from/0/key", "unknown_model_key")]


@pytest.mark.parametrize(
    ("entries", "places"),
    [
        ([("a", ["a"])], ["/models/0/derived_from/0/key"]),
        ([("a", ["b"]), ("b", ["a"])], ["/models/1/derived_from/0/key"]),
        ([("a", ["b"]), ("b", ["c"]), ("c", ["d", "a"]), ("d", [])], ["/models/2/derived_from/1/key"]),
        (
            [("a", ["b"]), ("b", ["a"]), ("c", ["d"]), ("d", ["c"])],
            ["/models/1/derived_from/0/key", "/models/3/derived_from/0/key"],
        ),
    ],
)
def test_a_cycle_is_located_by_the_last_entry_that_closes_it(entries, places):
    assert faults_of(models(*entries)) == [(place, "lineage_cycle") for place in places]


def test_a_diamond_is_no_cycle():
    assert parse(models(("a", ["b", "c"]), ("b", ["d"]), ("c", ["d"]), ("d", [])))


@pytest.mark.parametrize(
    "uscc", ["91110000600037341L", "91110102MAD55U9H0F", "91320118MAK93FC72D", "91440300708461136T"]
)
def test_a_valid_code_is_taken(uscc):
    assert parse(json.dumps(a_document("algorithm", {"/applicant/uscc": uscc})).encode())


def test_a_code_may_begin_with_letters():
    assert parse(json.dumps(a_document("algorithm", {"/applicant/uscc": "N2110105MADEMA0011"})).encode())


@pytest.mark.parametrize(
    ("raw", "faults"),
    [
        (b'{"%s": [%s]}' % (b"k" * 1_000_000, b",".join([b"0"] * 200_000)), 4),
        (b'{"documents": [%s]}' % b",".join([b"0"] * 900_000), 1),
        (minimal(', "documents": [' + ",".join(["0"] * 5_000) + "]"), 1_000),
        (b'{"%s": 1}' % (b"1" * 5_000), 4),
    ],
)
def test_a_hostile_document_costs_little(raw, faults):
    began = time.process_time()
    assert len(faults_of(raw)) == faults
    assert time.process_time() - began < 10


def test_a_field_with_the_name_of_pydantics_mark_is_located():
    assert faults_of(minimal(', "[key]": 1')) == [("/[key]", "unknown_field")]


def test_keys_are_compared_as_they_are_kept():
    assert faults_of(models(("\u00e9", []), ("e\u0301", []))) == [("/models/1/key", "doubled_model_key")]
    assert parse(models(("\u00e9", ["a"]), ("a", [])))


def test_the_length_of_a_text_is_that_of_what_is_kept():
    assert faults_of_document("algorithm", {"/applicant/name": "\u0958" * 10_001}) == [
        ("/applicant/name", "text_too_long")
    ]
    assert faults_of_document("algorithm", {"/applicant/name": "x" * 20_001}) == [("/applicant/name", "text_too_long")]
    assert parse(json.dumps(a_document("algorithm", {"/applicant/name": " " * 5 + "x" * 20_000})).encode())


MARKS = "a" + "\u0301" * 9_000 + "\u0327" * 9_000


@pytest.mark.parametrize(
    ("raw", "faults"),
    [
        (minimal(f', "algorithm": {{"name": "{MARKS}"}}'), [("/algorithm/name", "unsayable_text")]),
        (minimal(f', "models": [{{"key": "{MARKS}"}}]'), [("/models/0/key", "unsayable_text")]),
        (
            minimal(
                ', "models": ['
                + ",".join(f'{{"key":"{i}","derived_from":[{{"key":"{i ^ 1}"}}]}}' for i in range(30_000))
                + "]"
            ),
            [("/models", "list_too_long")],
        ),
    ],
)
def test_marks_and_lineages_cost_by_their_length_alone(raw, faults):
    began = time.process_time()
    assert faults_of(raw) == faults
    assert time.process_time() - began < 5


def test_thirty_marks_in_a_row_are_a_text():
    name = "a" + "\u0327" * 30
    assert parse(minimal(f', "algorithm": {{"name": "{name}"}}'))


def test_a_key_of_a_map_with_the_name_of_pydantics_mark_is_one_fault():
    more = ', "assessment": {"keywords": {"per_risk": {"[key]": "x"}}}'
    assert faults_of(minimal(more)) == [("/assessment/keywords/per_risk/[key]", "unknown_code")]
