"""A dossier is returned as sent, normalized as the contract specifies, with nothing added."""

from __future__ import annotations

import json

import pytest

from compliance.dossier.normal import content_digest
from compliance.dossier.parsing import parse
from compliance.dossier.stored import load
from tests.building import EXAMPLES, USCC, a_document, example

NAMES = sorted(path.stem for path in EXAMPLES.glob("*.json") if path.stem != "malformed")


def normal(document: dict) -> dict:
    return json.loads(parse(json.dumps(document).encode()).canonical.text)


def tidied(pointer: str, value: object) -> dict:
    return normal(a_document("generative", {pointer: value}))


@pytest.mark.parametrize("name", NAMES)
def test_an_example_comes_back_as_it_was(name):
    sent = json.loads(example(name), object_hook=lambda found: {key: _trimmed(value) for key, value in found.items()})
    assert json.loads(parse(example(name)).canonical.text) == sent


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


@pytest.mark.parametrize("name", NAMES)
def test_the_normal_form_is_its_own_normal_form(name):
    canonical = parse(example(name)).canonical
    assert parse(canonical.text.encode()).canonical == canonical


@pytest.mark.parametrize("name", NAMES)
def test_loading_again_gives_the_same_dossier(name):
    parsed = parse(example(name))
    assert load(parsed.canonical.text) == parsed.dossier


def test_keys_come_in_the_order_of_the_contract():
    backwards = dict(reversed(a_document("algorithm").items()))
    assert list(normal(backwards)) == list(a_document("algorithm"))


def test_the_order_of_keys_does_not_change_the_hash():
    backwards = dict(reversed(a_document("algorithm").items()))
    assert parse(json.dumps(backwards).encode()).canonical == parse(example("algorithm-complete")).canonical


@pytest.mark.parametrize(
    ("written", "given"), [(0.98, "0.9800"), ("0.98", "0.9800"), (1, "1.0000"), (0, "0.0000"), ("1.0", "1.0000")]
)
def test_a_rate_comes_back_with_four_places(written, given):
    assert (
        tidied("/assessment/refusal_test/refusal_rate", written)["assessment"]["refusal_test"]["refusal_rate"] == given
    )


@pytest.mark.parametrize("written", [2400, 2400.5, "2400.50"])
def test_hours_come_back_as_written(written):
    document = tidied("/models/0/training/compute/0/hours", written)
    assert document["models"][0]["training"]["compute"][0]["hours"] == written


def test_texts_are_trimmed_and_composed():
    assert tidied("/applicant/name", " \u3000e\u0301 x \n")["applicant"]["name"] == "é x"


def test_null_absent_and_empty_come_back_as_they_were():
    document = {
        "kind": "algorithm",
        "amends": None,
        "applicant": {"uscc": USCC, "governance": []},
        "service": {"name": "x"},
    }
    assert normal(document) == document


def test_risks_come_in_the_order_of_the_standard():
    raw = json.dumps(a_document("generative", {"/assessment/keywords/per_risk": {"A.2.a": 1, "A.1.b": 2, "A.1.a": 3}}))
    assert list(json.loads(parse(raw.encode()).canonical.text)["assessment"]["keywords"]["per_risk"]) == [
        "A.1.a",
        "A.1.b",
        "A.2.a",
    ]


def digest(document: dict) -> str:
    return content_digest(parse(json.dumps(document).encode()).canonical.text)


def test_null_and_absent_have_the_same_digest():
    without_empty = {key: value for key, value in a_document("algorithm").items() if value is not None and value != []}
    assert digest(without_empty) == digest(a_document("algorithm"))


def test_an_empty_list_of_permits_differs_from_null():
    none_needed = a_document("algorithm", {"/service/permits": []})
    not_given = a_document("algorithm", {"/service/permits": None})
    assert digest(none_needed) != digest(not_given)
