"""Mutated dossiers, read twice: by the rules, and straight from the words of the rulebook."""

from __future__ import annotations

import copy
import json
import random
from datetime import date
from typing import Any

import pytest

from compliance.dossier.parsing import parse
from compliance.rules.evaluation import evaluate
from tests.building import a_document
from tests.rules.second_reading import ATTACHMENTS, COPY, LICENSES, OUTPUTS, SEALED, second_reading

READ = ("DOC-02", "DOC-04", "ANN-01", "ANN-02", "ANN-05", "PRO-08")
DAY = date(2026, 11, 20)
ANNOTATIONS: list[Any] = [
    None,
    {},
    {"rules_cover": []},
    {"trained": None},
    {"trained": False},
    {"rules_cover": [], "trained": None},
]
TERMS: list[Any] = [
    None,
    [],
    ["agreement_copy"],
    ["agreement_copy", "changes_marked", "notice_file"],
    ["commercial_license"],
]


def mutated(document: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Change one fact on which the rules read here depend: lists that are absent, empty, or beside others that are given."""
    document = copy.deepcopy(document)
    documents, models = document["documents"], document.get("models") or []
    entry = chance.choice(documents)
    match chance.randrange(9):
        case 0:
            entry |= chance.choice(
                [
                    {"not_applicable_reason": "不涉及"},
                    {"sealed": None},
                    {"sealed": False},
                    {"not_applicable_reason": " "},
                ]
            )
        case 1:
            entry.pop("sha256", None)
            entry["not_applicable_reason"] = chance.choice(["不涉及", "  ", None])
        case 2:
            entry["kind"] = chance.choice([*ATTACHMENTS, *SEALED])
        case 3:
            documents.append({**entry, "sealed": chance.choice([True, False, None])})
        case 4 if models:
            chance.choice(models)["annotation"] = chance.choice(ANNOTATIONS)
        case 5 if models:
            _stand_on_another(chance.choice(models), document, chance)
        case 6 if models:
            chance.choice(models)["license_terms_met"] = chance.choice(TERMS)
        case 7 if models:
            chance.choice(models)["license"] = chance.choice([*LICENSES, " MIT ", "licenseref-llama-3", "X", None])
        case _:
            document["service"]["monthly_active_users"] = chance.choice([None, 0, 10**8, 10**8 + 1, 7 * 10**8 + 1])
    return document


def _stand_on_another(model: dict[str, Any], document: dict[str, Any], chance: random.Random) -> None:
    key = f"base-{len(document['models'])}"
    developer = chance.choice([{"name": "Meta", "country": "US"}, {"uscc": document["applicant"]["uscc"]}, None])
    base = {
        "key": key,
        "name": "B",
        "used_by_service": False,
        "license": chance.choice(list(LICENSES)),
        "developer": developer,
    }
    relation = chance.choice([*COPY, *OUTPUTS, "api_call", "architecture_only"])
    document["models"].append(base)
    model["derived_from"] = [*(model.get("derived_from") or []), {"key": key, "relation": relation}]


def first_reading(document: dict[str, Any]) -> set[tuple[str, ...]]:
    """Return what the rules find, in the form of the second reading."""
    outcome = evaluate(parse(json.dumps(document).encode()).dossier, today=DAY)
    return {_line(each) for each in outcome.findings if each.rule in READ}


def _line(finding: Any) -> tuple[str, ...]:
    kind, *more = finding.variant.split(":")
    kind = kind.removesuffix("_unconfirmed").replace("users_unsaid", "users")
    details = {"DOC-02": more[:1], "PRO-08": more if kind == "term" else [kind, *more]}
    return (finding.rule, str(finding.at), *details.get(finding.rule, []))


@pytest.mark.parametrize("kind", ["generative", "registration", "algorithm"])
def test_both_readings_agree_on_mutated_dossiers(kind):
    chance = random.Random(kind)
    for _ in range(500):
        document = a_document(kind)
        for _ in range(chance.randint(1, 6)):
            document = mutated(document, chance)
        assert first_reading(document) == second_reading(document), json.dumps(document, ensure_ascii=False)[:2_000]


@pytest.mark.full
@pytest.mark.parametrize("seed", range(20))
def test_both_readings_agree_on_many_mutated_dossiers(seed):
    chance = random.Random(seed)
    for _ in range(1_000):
        document = a_document(chance.choice(["generative", "registration", "algorithm"]))
        for _ in range(chance.randint(1, 8)):
            document = mutated(document, chance)
        assert first_reading(document) == second_reading(document)


@pytest.mark.parametrize("annotation", ANNOTATIONS[:4])
def test_an_annotation_that_says_nothing_is_one_gap_not_five(annotation):
    document = a_document("generative", {"/models/0/annotation": annotation})
    assert {line for line in first_reading(document) if line[0].startswith("ANN")} == {
        ("ANN-05", "/models/0/annotation")
    }


def test_a_report_with_a_reason_in_place_of_a_file_is_missing_and_not_unsealed_besides():
    documents = [
        {"kind": "security_assessment_report", "not_applicable_reason": "不涉及"}
        if entry["kind"] == "security_assessment_report"
        else entry
        for entry in a_document("generative")["documents"]
    ]
    found = first_reading(a_document("generative", {"/documents": documents}))
    assert found == {("DOC-02", "/documents", "security_assessment_report")}


def test_a_license_of_ones_own_base_model_is_no_duty_to_oneself():
    own = {"key": "own", "name": "自研基座", "used_by_service": False, "license": "Apache-2.0"}
    own["developer"] = {"uscc": a_document("generative")["applicant"]["uscc"]}
    changes = {"/models/-": own, "/models/0/derived_from": [{"key": "own", "relation": "finetune"}]}
    assert [line for line in first_reading(a_document("generative", changes)) if line[0] == "PRO-08"] == []
