"""DOC-01 to DOC-05: the attachments that a filing needs, their seals, and their uploaded files."""

from __future__ import annotations

import pytest

from compliance.dossier.codes import DOCUMENT_KINDS
from compliance.rules.documents import OF_ALGORITHM, OF_GENERATIVE, OF_REGISTRATION, SEALED
from tests.building import ABSENT, a_document, a_dossier, flagged_in_full, judged
from tests.rules.amending import amending

NEEDED = {
    "algorithm": ("DOC-01", OF_ALGORITHM),
    "generative": ("DOC-02", OF_GENERATIVE),
    "registration": ("DOC-03", OF_REGISTRATION),
}
# Elsewhere an address is accepted for the agreement and the policy; here only the list counts.
EACH = [(kind, rule, needed) for kind, (rule, all_needed) in NEEDED.items() for needed in all_needed]


def place_of(kind: str, document: str) -> int:
    return next(i for i, entry in enumerate(a_document(kind)["documents"]) if entry["kind"] == document)


def hashes(kind: str) -> frozenset[str]:
    return frozenset(entry["sha256"] for entry in a_document(kind)["documents"])


@pytest.mark.parametrize(("kind", "rule", "document"), EACH)
@pytest.mark.parametrize("action", ["initial", "change"])
def test_each_document_of_the_kind_is_required(kind, rule, document, action):
    changes = {f"/documents/{place_of(kind, document)}": ABSENT}
    dossier = a_dossier(kind, changes) if action == "initial" else amending(kind, action, changes)
    assert flagged_in_full(dossier) == [(rule, "/documents", "error", f"missing:{document}")]


@pytest.mark.parametrize(("kind", "rule", "document"), EACH)
def test_a_reason_is_accepted_only_for_annotation_rules(kind, rule, document):
    excused = {"kind": document, "not_applicable_reason": "不涉及"}
    found = flagged_in_full(a_dossier(kind, {f"/documents/{place_of(kind, document)}": excused}))
    assert found == ([] if document == "annotation_rules" else [(rule, "/documents", "error", f"missing:{document}")])


@pytest.mark.parametrize(("kind", "rule", "document"), EACH)
def test_a_listed_document_counts_before_its_file_is_there(kind, rule, document):
    entry = {"kind": document, "title": "follows", **({"sealed": True} if document in SEALED else {})}
    assert flagged_in_full(a_dossier(kind, {f"/documents/{place_of(kind, document)}": entry})) == []


@pytest.mark.parametrize("kind", NEEDED)
def test_without_any_document_each_is_one_gap(kind):
    rule, needed = NEEDED[kind]
    found = [
        (code, variant)
        for code, at, _, variant in flagged_in_full(a_dossier(kind, {"/documents": None}))
        if at == "/documents"
    ]
    labels = [] if kind == "registration" else [("LAB-09", "missing:label_materials")]
    assert found == [*labels, *((rule, f"missing:{document}") for document in needed)]


def test_a_cancellation_needs_no_package():
    assert flagged_in_full(amending("algorithm", "cancellation", {"/documents": None})) == []


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("algorithm", "commitment_letter"),
        ("algorithm", "responsibility_statement"),
        ("generative", "security_assessment_report"),
    ],
)
@pytest.mark.parametrize(("sealed", "variant"), [(None, "missing"), (False, "not_true")])
def test_doc04_requires_the_seal(kind, document, sealed, variant):
    at = f"/documents/{place_of(kind, document)}/sealed"
    assert flagged_in_full(a_dossier(kind, {at: sealed})) == [("DOC-04", at, "error", variant)]


def test_doc04_does_not_apply_to_registrations():
    changes = {"/documents/-": {"kind": "security_assessment_report", "sealed": False}}
    assert flagged_in_full(a_dossier("registration", changes)) == []


@pytest.mark.parametrize("kind", NEEDED)
@pytest.mark.parametrize("status", ["submitted", "accepted", "returned", "filed"])
def test_doc05_names_what_was_never_uploaded_once_submitted(kind, status):
    first = a_document(kind)["documents"][0]
    rest = hashes(kind) - {first["sha256"]}
    facts = {"status": status, "other_filings": (), "uploaded": rest}
    assert [each for each in flagged_in_full(a_dossier(kind), **facts) if each[0] == "DOC-05"] == [
        ("DOC-05", "/documents/0", "error", "missing")
    ]


@pytest.mark.parametrize("kind", NEEDED)
def test_doc05_is_silent_when_all_bytes_are_there(kind):
    facts = {"status": "submitted", "other_filings": (), "uploaded": hashes(kind)}
    assert [each for each in flagged_in_full(a_dossier(kind), **facts) if each[0] == "DOC-05"] == []


@pytest.mark.parametrize("facts", [{}, {"uploaded": frozenset()}, {"status": "submitted"}])
def test_doc05_is_silent_for_a_draft_and_for_a_file_on_its_own(facts):
    assert flagged_in_full(a_dossier("algorithm"), **facts) == []


def test_doc05_names_a_file_that_came_with_another_hash():
    entry = a_document("algorithm")["documents"][0]
    facts = {
        "status": "submitted",
        "other_filings": (),
        "uploaded": hashes("algorithm") - {entry["sha256"]} | {"0" * 64},
        "uploaded_names": {entry["filename"]: "0" * 64},
    }
    found = [finding for finding in judged(a_dossier("algorithm"), **facts).findings if finding.rule == "DOC-05"]
    assert [(str(each.at), each.variant, each.values["found"]) for each in found] == [
        ("/documents/0/sha256", "mismatch", "0" * 64)
    ]


def test_doc05_requires_the_hash_of_an_entry_that_has_none():
    changes = {"/documents/-": {"kind": "other", "title": "later"}}
    facts = {"status": "submitted", "other_filings": (), "uploaded": hashes("algorithm")}
    assert flagged_in_full(a_dossier("algorithm", changes), **facts) == [("DOC-05", "/documents/7", "error", "missing")]


def test_every_required_kind_of_document_is_known():
    assert {document for _, _, document in EACH} <= set(DOCUMENT_KINDS)


def test_doc05_does_not_confuse_files_with_the_same_name():
    changes = {"/documents/0/filename": "scan.pdf", "/documents/1/filename": "scan.pdf"}
    dossier = a_dossier("algorithm", changes)
    first, second = (document.sha256 for document in dossier.documents[:2])
    rest = {document.sha256 for document in dossier.documents[2:]}
    facts = {"status": "submitted", "uploaded": frozenset({first, *rest}), "uploaded_names": {"scan.pdf": first}}
    assert flagged_in_full(dossier, **facts) == [("DOC-05", "/documents/1", "error", "missing")]
    replaced = {**facts, "uploaded": frozenset({first, *rest, "f" * 64}), "uploaded_names": {"scan.pdf": "f" * 64}}
    assert flagged_in_full(dossier, **replaced) == [("DOC-05", "/documents/1/sha256", "error", "mismatch")]
    assert second not in facts["uploaded"]
