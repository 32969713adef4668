"""RTE-06: a change or a cancellation names the filing it amends."""

from __future__ import annotations

import pytest

from compliance.rules.context import FilingFact
from tests.building import ABSENT, a_dossier, flagged, flagged_in_full
from tests.rules.amending import KINDS, NUMBERS, amending

UNDECIDED = ["draft", "submitted", "accepted", "provincial_review", "national_review", "returned"]


def the_filing(kind="algorithm", status="filed", number=None):
    return (FilingFact(kind, status, "样例问答", number=number or NUMBERS[kind]),)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["change", "cancellation"])
@pytest.mark.parametrize("nothing", [None, ABSENT, "", "   "])
def test_rte06_requires_the_number_of_the_amended_filing(kind, action, nothing):
    dossier = amending(kind, action, {"/amends": nothing})
    assert flagged_in_full(dossier) == [("RTE-06", "/amends", "error", "missing")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["change", "cancellation"])
def test_rte06_requires_the_date_of_the_change_or_termination(kind, action):
    dossier = amending(kind, action, {"/occurred_on": None})
    assert flagged_in_full(dossier) == [("RTE-06", "/occurred_on", "error", "missing")]


def test_rte06_requires_both():
    dossier = amending("algorithm", "change", {"/amends": None, "/occurred_on": None})
    assert flagged(dossier, other_filings=the_filing()) == [("RTE-06", "/amends"), ("RTE-06", "/occurred_on")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["initial", None])
def test_rte06_does_not_apply_to_initial_filings(kind, action):
    dossier = a_dossier(kind, {"/action": action, "/amends": None, "/occurred_on": None})
    assert flagged(dossier, other_filings=()) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["change", "cancellation"])
def test_rte06_does_not_check_the_number_without_a_registry(kind, action):
    assert flagged(amending(kind, action), other_filings=None) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["change", "cancellation"])
def test_rte06_flags_a_number_that_is_not_of_a_filing_of_the_applicant(kind, action):
    dossier = amending(kind, action)
    assert flagged_in_full(dossier, other_filings=()) == [("RTE-06", "/amends", "error", "unknown")]


@pytest.mark.parametrize(
    "others",
    [
        the_filing(number="网信算备440304042830501240017号"),
        (FilingFact("algorithm", "submitted", "样例问答"),),
    ],
)
def test_rte06_is_not_met_by_a_filing_with_another_number_or_none(others):
    assert flagged(amending("algorithm", "change"), other_filings=others) == [("RTE-06", "/amends")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["change", "cancellation"])
@pytest.mark.parametrize("status", ["filed", "suspended"])
def test_rte06_is_met_by_a_filing_in_force(kind, action, status):
    assert flagged(amending(kind, action), other_filings=the_filing(kind, status)) == []


@pytest.mark.parametrize("action", ["change", "cancellation"])
@pytest.mark.parametrize("status", ["cancelled", "revoked"])
def test_rte06_flags_a_filing_that_is_no_longer_in_force(action, status):
    dossier = amending("algorithm", action)
    found = flagged_in_full(dossier, other_filings=the_filing(status=status))
    assert [line[:3] for line in found] == [("RTE-06", "/amends", "error")]


@pytest.mark.parametrize("own_status", UNDECIDED)
def test_rte06_requires_a_filing_in_force_while_undecided(own_status):
    found = flagged(
        amending("algorithm", "cancellation"), status=own_status, other_filings=the_filing(status="cancelled")
    )
    assert found == [("RTE-06", "/amends")]


@pytest.mark.parametrize("own_status", ["filed", "rejected"])
def test_rte06_does_not_flag_a_decided_cancellation(own_status):
    found = flagged(
        amending("algorithm", "cancellation"), status=own_status, other_filings=the_filing(status="cancelled")
    )
    assert found == []


def test_rte06_finds_the_filing_among_others():
    others = (FilingFact("generative", "filed", "样例问答", number=NUMBERS["generative"]), *the_filing())
    assert flagged(amending("algorithm", "change"), other_filings=others) == []


@pytest.mark.parametrize(
    "written",
    [
        "网信算备:440305000000201260003号",
        "网信算备：440305000000201260003号",
        "网信算备４４０３０５００００００２０１２６０００３号",
    ],
)
def test_rte06_compares_numbers_without_width_and_colons(written):
    dossier = amending("algorithm", "change", {"/amends": written})
    assert flagged(dossier, other_filings=the_filing()) == []


def test_rte06_compares_the_place_in_a_number_without_case():
    dossier = amending("generative", "change", {"/amends": NUMBERS["generative"].replace("Guangdong", "GuangDong")})
    assert flagged(dossier, other_filings=the_filing("generative")) == []


def test_rte06_leaves_a_malformed_number_to_num01_without_a_registry():
    dossier = amending("algorithm", "change", {"/amends": "网信算备123号"})
    assert flagged(dossier) == [("NUM-01", "/amends")]
