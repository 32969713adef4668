"""The feed of changes: everything since the last look, in order, whatever commits in between."""

from __future__ import annotations

import pytest

from compliance.filings import actions
from compliance.models import Change, Filing
from tests.conftest import client_of
from tests.making_filings import a_filing, a_submitted_filing, check_everything

CHANGES = "/api/v1/filings/changes/"


def test_a_client_that_asks_with_the_last_answer_sees_each_change_once(filer):
    api, known, after = client_of(filer), [], "0"
    for number in range(3):
        a_submitted_filing(filer, changes={"/reference": str(number)})
        check_everything()
        while True:
            answer = api.get(CHANGES, {"after": after, "page_size": 2}).json()
            known += [(change["position"], change["type"]) for change in answer["results"]]
            after = answer["last"]
            if not answer["more"]:
                break
    positions = [position for position, _ in known]
    assert positions == sorted(set(positions))
    assert Change.objects.filter(position__isnull=True).count() == 0
    assert len(known) == Change.objects.count()


def test_a_change_tells_the_event_and_the_flags(filer):
    a_submitted_filing(filer, changes={"/applicant/name": None})
    check_everything()
    opened, submitted, flags = client_of(filer).get(CHANGES).json()["results"]
    assert [change["data"].get("verb") for change in (opened, submitted, flags)] == ["open", "submit", None]
    assert (submitted["data"]["to_status"], flags["type"]) == ("submitted", "filing.flags")
    assert flags["data"]["raised"][0]["rule"] == "ORG-01"


def test_a_stranger_sees_no_change_and_a_reviewer_those_of_submitted_filings(filer, stranger, reviewer, far_reviewer):
    a_filing(filer, changes={"/reference": "draft"})
    assert [client_of(person).get(CHANGES).json()["results"] for person in (stranger, reviewer)] == [[], []]
    actions.submit_filing(Filing.objects.get(), by=filer)
    counts = [len(client_of(person).get(CHANGES).json()["results"]) for person in (reviewer, far_reviewer)]
    assert counts == [2, 0]


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 20])
def test_an_invalid_place_is_refused(filer, after):
    assert client_of(filer).get(CHANGES, {"after": after}).json()["code"] == "bad_after"
