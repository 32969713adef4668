"""Each field of each complete dossier deleted and spoiled in turn: the rules raised are exactly those of the table."""

from __future__ import annotations

import pytest

from tests.building import a_document
from tests.rules.mutating import COMPLETE, mutants, reviewed, table


def test_there_are_thousands_of_mutants():
    assert sum(1 for name in COMPLETE for _ in mutants(a_document(name))) > 3_500


@pytest.mark.parametrize("name", COMPLETE)
def test_every_mutant_raises_the_rules_of_the_table(name):
    assert table(name) == reviewed()[name]


def test_the_table_has_only_the_complete_dossiers():
    assert list(reviewed()) == list(COMPLETE)
