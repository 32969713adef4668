"""Editing, submitting and withdrawing filings."""

from __future__ import annotations

import hashlib

import pytest
from django.db import DatabaseError, connection, transaction

from compliance.filings import actions
from compliance.filings.history.chain import event_hash
from compliance.filings.history.triggers import TABLES
from compliance.filings.refusals import ApplicantIsFixed, ChangedMeanwhile, NotAFiler, ReferenceTaken, TransitionRefused
from compliance.models import Event, Revision, WorkingCopy
from tests.building import parsed
from tests.making_filings import a_filing, a_submitted_filing

NEW = {"/service/name": "another name", "/jurisdiction": "11", "/kind": "generative"}


def test_an_edit_replaces_the_working_copy_and_the_columns_copied_from_it(filer):
    filing = a_filing(filer)
    actions.edit_dossier(filing, parsed(changes=NEW), by=filer, expected_version=filing.working_copy.sha256)
    filing.refresh_from_db()
    assert (filing.service_name, filing.province, filing.kind) == ("another name", "11", "generative")
    assert WorkingCopy.objects.get().sha256 == parsed(changes=NEW).canonical.sha256
    assert list(filing.events.values_list("number", "verb")) == [(1, "open"), (2, "edit")]


def test_an_edit_of_another_version_is_refused_with_the_current_one(filer):
    filing = a_filing(filer)
    with pytest.raises(ChangedMeanwhile) as refused:
        actions.edit_dossier(filing, parsed(changes=NEW), by=filer, expected_version="0" * 64)
    assert refused.value.current.sha256 == parsed().canonical.sha256
    assert filing.events.count() == 1


def test_an_edit_cannot_change_the_applicant(filer):
    filing, other = a_filing(filer), parsed(changes={"/applicant/uscc": "91110000600037341L"})
    with pytest.raises(ApplicantIsFixed):
        actions.edit_dossier(filing, other, by=filer, expected_version=None)


def test_an_edit_cannot_take_a_used_reference(filer):
    a_filing(filer, changes={"/reference": "used"})
    filing = a_filing(filer)
    with pytest.raises(ReferenceTaken):
        actions.edit_dossier(filing, parsed(changes={"/reference": "used"}), by=filer, expected_version=None)
    filing.refresh_from_db()
    assert (filing.reference, filing.working_copy.sha256) == ("algorithm-complete", parsed().canonical.sha256)


def test_submitting_turns_the_working_copy_into_a_revision(filer):
    filing = a_submitted_filing(filer)
    revision = Revision.objects.get()
    assert (filing.status, revision.number, revision.by) == ("submitted", 1, filer)
    assert revision.sha256 == hashlib.sha256(revision.content.encode()).hexdigest() == parsed().canonical.sha256
    assert filing.first_submitted_at == filing.submitted_at == revision.at
    assert not WorkingCopy.objects.exists()
    event = filing.events.last()
    assert (event.verb, event.data) == ("submit", {"revision": 1, "sha256": revision.sha256})


def test_a_submitted_filing_cannot_be_edited(filer):
    with pytest.raises(TransitionRefused):
        actions.edit_dossier(a_submitted_filing(filer), parsed(), by=filer, expected_version=None)


def test_a_filing_is_submitted_once(filer):
    filing = a_submitted_filing(filer)
    with pytest.raises(TransitionRefused):
        actions.submit_filing(filing, by=filer)
    assert (Revision.objects.count(), filing.events.count()) == (1, 2)


@pytest.mark.parametrize("make", [a_filing, a_submitted_filing])
def test_a_draft_and_a_submitted_filing_are_withdrawn_with_a_reason(filer, make):
    filing = make(filer)
    source = filing.status
    actions.withdraw_filing(filing, by=filer, reason="given up")
    event = filing.events.last()
    assert (event.verb, event.from_status, event.to_status, event.reason) == (
        "withdraw",
        source,
        "withdrawn",
        "given up",
    )


def test_a_withdrawn_filing_stays_withdrawn(filer):
    filing = actions.withdraw_filing(a_filing(filer), by=filer)
    for act in (actions.withdraw_filing, actions.submit_filing):
        with pytest.raises(TransitionRefused):
            act(filing, by=filer)


@pytest.mark.parametrize("who", ["stranger", "viewer", "reviewer", "registrar", "auditor", "administrator"])
def test_only_a_filer_submits_edits_and_withdraws(who, request, filer):
    filing, person = a_filing(filer), request.getfixturevalue(who)
    for act in (actions.submit_filing, actions.withdraw_filing):
        with pytest.raises(NotAFiler):
            act(filing, by=person)
    with pytest.raises(NotAFiler):
        actions.edit_dossier(filing, parsed(), by=person, expected_version=None)
    assert filing.events.count() == 1


def test_every_event_is_chained_to_the_one_before(filer):
    filing = actions.withdraw_filing(a_submitted_filing(filer), by=filer, reason="何故")
    previous = ""
    for event in Event.objects.order_by("number"):
        assert event.previous_hash == previous
        previous = event_hash(
            previous,
            filing=str(filing.uid),
            number=event.number,
            verb=event.verb,
            from_status=event.from_status,
            to_status=event.to_status,
            at=event.at,
            actor=event.actor,
            reason=event.reason,
            data=event.data,
        )
        assert event.hash == previous
    assert filing.last_event_hash == previous


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", ["UPDATE {} SET number = 9", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_history(filer, table, change):
    if change.startswith("TRUNCATE") and connection.vendor == "sqlite":
        change = "DELETE FROM {}"  # SQLite has no other way to empty a table
    a_submitted_filing(filer)
    connection.check_constraints()  # PostgreSQL truncates nothing that waits for a check
    with pytest.raises(DatabaseError, match="History is never changed"), transaction.atomic():
        connection.cursor().execute(change.format(table))
    assert (Revision.objects.count(), Event.objects.count()) == (1, 2)
