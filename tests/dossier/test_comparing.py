"""The differences between two versions of a dossier."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.dossier.comparing import differences
from compliance.dossier.patching import ABSENT
from tests.building import a_document


def changes(before: Any, after: Any) -> list[tuple[str, str, Any, Any]]:
    return [(str(row.at), row.change, row.before, row.after) for row in differences(before, after)]


def of_document(spoiled: dict[str, Any]) -> list[tuple[str, str, Any, Any]]:
    return changes(a_document("generative"), a_document("generative", spoiled))


def test_the_same_dossier_has_no_differences():
    assert of_document({}) == []


@pytest.mark.parametrize(
    ("spoiled", "expected"),
    [
        ({"/service/name": "B"}, ("/service/name", "changed")),
        ({"/service/audience": ABSENT}, ("/service/audience", "removed")),
        ({"/service/terminated_on": "2026-01-01"}, ("/service/terminated_on", "added")),
        ({"/models/0/corpora/0/manual_sample/size": 1}, ("/models/0/corpora/0/manual_sample/size", "changed")),
        ({"/assessment": ABSENT}, ("/assessment", "removed")),
    ],
)
def test_a_changed_field_is_found_at_its_place(spoiled, expected):
    assert [row[:2] for row in of_document(spoiled)] == [expected]


def test_an_inserted_entry_leaves_the_others_as_they_were():
    before = {"models": [{"key": "a", "name": "A"}, {"key": "b", "name": "B"}]}
    after = {"models": [{"key": "c", "name": "C"}, {"key": "a", "name": "A"}, {"key": "b", "name": "B2"}]}
    assert changes(before, after) == [
        ("/models/0", "added", None, {"key": "c", "name": "C"}),
        ("/models/2/name", "changed", "B", "B2"),
    ]


def test_a_removed_entry_keeps_its_earlier_place():
    before = {"documents": [{"sha256": "1"}, {"sha256": "2"}]}
    assert changes(before, {"documents": [{"sha256": "2"}]}) == [("/documents/0", "removed", {"sha256": "1"}, None)]


def test_entries_without_an_identity_are_compared_by_number():
    assert changes({"a": [{"x": 1}, {"x": 2}]}, {"a": [{"x": 1}, {"x": 3}]}) == [("/a/1/x", "changed", 2, 3)]


def test_two_entries_of_the_same_kind_are_both_compared():
    before = {"documents": [{"kind": "other", "title": "t", "size": 1}, {"kind": "other", "title": "t", "size": 2}]}
    after = {"documents": [{"kind": "other", "title": "t", "size": 1}, {"kind": "other", "title": "t", "size": 9}]}
    assert changes(before, after) == [("/documents/1/size", "changed", 2, 9)]


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_nothing_and_empty_are_the_same(empty):
    assert changes({"a": empty}, {}) == []
