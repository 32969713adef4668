"""A few minutes of random kills on two hosts; `python -m tests.faults.kills` goes on for an hour."""

from __future__ import annotations

import pytest

from tests.faults.hosts import are_possible
from tests.faults.kills import main
from tests.faults.servers import is_available


@pytest.mark.full
@pytest.mark.timeout(1_200)
@pytest.mark.skipif(
    not (are_possible() and is_available()), reason="needs root, network namespaces and PostgreSQL's server programs"
)
def test_random_kills_lose_and_double_nothing(capsys):
    assert main(["--submissions", "300", "--most-minutes", "5", "--seed", "5"]) == 0, capsys.readouterr().out
