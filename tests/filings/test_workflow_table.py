"""The table of transitions itself."""

from __future__ import annotations

import pytest

from compliance.filings import workflow
from compliance.models import Status


@pytest.mark.parametrize("transition", workflow.EVERY_KIND, ids=lambda transition: transition.verb)
def test_a_transition_leads_between_known_statuses_and_has_words(transition):
    assert transition.sources | {transition.target} <= set(workflow.STATUSES)
    assert not transition.sources & workflow.ENDED
    assert workflow.VERBS[transition.verb].zh


def test_the_statuses_of_the_table_are_those_of_the_rows():
    assert list(workflow.STATUSES) == Status.values
