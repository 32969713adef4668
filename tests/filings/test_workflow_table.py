"""The table of transitions."""

from __future__ import annotations

import pytest

from compliance.filings import workflow
from compliance.models import Status

ROWS = dict.fromkeys(row for rows in workflow.OF_KIND.values() for row in rows)


@pytest.mark.parametrize("transition", ROWS, ids=lambda transition: transition.verb)
def test_a_transition_has_known_statuses_and_a_label(transition):
    assert transition.sources | {transition.target} <= set(workflow.STATUSES)
    assert not transition.sources & workflow.ENDED
    assert workflow.VERBS[transition.verb].zh


def test_the_table_and_the_model_have_the_same_statuses():
    assert list(workflow.STATUSES) == Status.values
