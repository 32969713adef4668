"""The basis of a waiver covers exactly what is flagged."""

from __future__ import annotations

import pytest

from compliance.checking.waiver_basis import waiver_basis_of
from compliance.dossier.pointer import Pointer
from compliance.rules.catalog import Level
from compliance.rules.problems import Finding
from tests.building import parsed

TOO_FEW = {"found": 9_000, "asked": 10_000, "declared": 12_000}


def basis(at: str, *, values=None, level=Level.ERROR, changes=None):
    dossier = parsed("generative", changes or {}).dossier
    return waiver_basis_of(Finding("KW-01", level, "too_low", Pointer(at), values or {}), dossier)


@pytest.mark.parametrize(
    "other",
    [
        {"values": TOO_FEW | {"found": 9_001}},
        {"values": TOO_FEW | {"asked": 8_000}},
        {"level": Level.WARNING},
        {"changes": {"/assessment/keywords/total": 11_000}},
    ],
)
def test_the_basis_changes_with_what_is_flagged(other):
    at = "/assessment/keywords/total"
    assert basis(at, **{"values": TOO_FEW} | other) != basis(at, values=TOO_FEW)


@pytest.mark.parametrize(
    "other",
    [
        {"values": TOO_FEW | {"declared": 9_500}},
        {"values": dict(reversed(TOO_FEW.items()))},
        {"changes": {"/service/audience": "成年人"}},
    ],
)
def test_the_basis_does_not_change_with_anything_else(other):
    at = "/assessment/keywords/total"
    assert basis(at, **{"values": TOO_FEW} | other) == basis(at, values=TOO_FEW)


def test_another_corpus_at_the_same_place_has_another_basis():
    at = "/models/0/corpora/0/license"
    first = basis(at, changes={"/models/0/corpora/0/license": None})
    assert basis(at, changes={"/models/0/corpora/0/license": None, "/models/0/corpora/0/name": "另一语料"}) != first
    assert basis(at, changes={"/models/0/corpora/0/license": None, "/models/0/corpora/0/items": 7}) == first


@pytest.mark.parametrize("at", ["", "/documents", "/documents/400/sealed", "/nothing/at/all", "/documents/x"])
def test_a_missing_place_has_a_basis(at):
    assert len(basis(at)) == 64
