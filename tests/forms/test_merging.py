"""Two people change the same part: nothing is overwritten that the other has changed."""

from __future__ import annotations

from compliance.dossier.pointer import ROOT
from compliance.forms.merging import Merged, merge

BASE = {"name": "甲", "urls": ["a"], "display": {"shown": True}, "rows": [{"risk": "r"}, {"risk": "s"}]}


def test_changes_of_different_fields_are_put_together() -> None:
    mine, other = {**BASE, "name": "乙"}, {**BASE, "display": {"shown": False}, "rows": [{"risk": "r"}, {"risk": "t"}]}
    tree = {**other, "name": "乙"}
    assert merge(BASE, mine, other, ROOT) == Merged(tree, (), (ROOT / "display" / "shown", ROOT / "rows" / 1 / "risk"))


def test_the_same_field_changed_differently_is_a_conflict() -> None:
    merged = merge(BASE, {**BASE, "name": "乙"}, {**BASE, "name": "丙"}, ROOT)
    assert merged == Merged({**BASE, "name": "乙"}, (ROOT / "name",), ())


def test_the_same_change_by_both_is_none() -> None:
    assert merge(BASE, {**BASE, "name": "乙"}, {**BASE, "name": "乙"}, ROOT).conflicts == ()


def test_lists_that_both_lengthened_conflict_as_a_whole() -> None:
    mine, other = {**BASE, "rows": [*BASE["rows"], {"risk": "x"}]}, {**BASE, "rows": [*BASE["rows"], {"risk": "y"}]}  # type: ignore[misc]
    assert merge(BASE, mine, other, ROOT).conflicts == (ROOT / "rows",)


def test_a_field_that_the_other_removed_stays_removed() -> None:
    other = {name: value for name, value in BASE.items() if name != "urls"}
    assert merge(BASE, {**BASE, "name": "乙"}, other, ROOT) == Merged({**other, "name": "乙"}, (), (ROOT / "urls",))
