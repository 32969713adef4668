"""Checks of due filings: flags are raised once and resolved with their cause, in a fixed number of queries."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.checking import due_marks
from compliance.checking.due_marks import recheck_everything
from compliance.filings import actions
from compliance.models import CalendarDay, Filing, Flag
from tests.building import parsed
from tests.making_filings import a_filing, a_submitted_filing, check_everything, hold_documents, unresolved_flags

INCOMPLETE = {"/algorithm/mechanism": None, "/service/launched_on": None}
FLAGS = [("ALG-03", "/algorithm/mechanism")]


def test_a_check_raises_the_flags_and_clears_the_due_mark(filer):
    filing = a_submitted_filing(filer, changes=INCOMPLETE)
    assert check_everything(today=date(2026, 11, 20)) == 1
    filing.refresh_from_db()
    assert unresolved_flags(filing) == FLAGS
    assert (filing.is_due, filing.leased_until, filing.checked_as_of) == (False, None, date(2026, 11, 20))


def test_checking_again_does_not_raise_a_flag_again(filer):
    filing = a_filing(filer, changes=INCOMPLETE)
    for _ in range(3):
        check_everything()
        recheck_everything()
    check_everything()
    assert (unresolved_flags(filing), Flag.objects.count()) == (FLAGS, 1)


def test_only_due_filings_are_checked(filer):
    a_filing(filer)
    assert (check_everything(), check_everything()) == (1, 0)


def test_a_flag_is_resolved_with_its_cause_and_a_new_one_is_raised_when_it_returns(filer):
    filing = a_filing(filer, changes=INCOMPLETE)
    check_everything()
    first = Flag.objects.get()
    actions.edit_dossier(filing, parsed(changes={"/service/launched_on": None}), by=filer, expected_version=None)
    check_everything()
    assert unresolved_flags(filing) == []
    actions.edit_dossier(filing, parsed(changes=INCOMPLETE), by=filer, expected_version=None)
    check_everything()
    assert unresolved_flags(filing) == FLAGS
    first.refresh_from_db()
    assert first.resolved_at is not None
    assert Flag.objects.count() == 2


def test_a_changed_value_updates_the_flag(filer):
    filing = a_filing(filer, changes={"/service/description": "x" * 501, "/service/launched_on": None})
    check_everything()
    longer = parsed(changes={"/service/description": "x" * 502, "/service/launched_on": None})
    actions.edit_dossier(filing, longer, by=filer, expected_version=None)
    check_everything()
    assert list(Flag.objects.values_list("rule", "values", "resolved_at")) == [
        ("ALG-07", {"found": 502, "asked": 500}, None)
    ]


def test_a_withdrawn_filing_has_no_open_flags(filer):
    filing = a_submitted_filing(filer, changes=INCOMPLETE)
    check_everything()
    actions.withdraw_filing(filing, by=filer)
    check_everything()
    filing.refresh_from_db()
    assert (unresolved_flags(filing), filing.next_look_on) == ([], None)
    assert Flag.objects.resolved().count() == 1


def test_the_working_copy_is_judged_before_submission_and_the_revision_after(filer):
    filing = a_filing(filer, changes=INCOMPLETE)
    check_everything()
    actions.submit_filing(filing, by=filer)
    hold_documents(filing, filer)
    check_everything()
    assert unresolved_flags(filing) == FLAGS


def test_a_deadline_raises_its_flag_by_itself(filer):
    filing = a_filing(filer)
    check_everything(today=date(2026, 11, 20))
    filing.refresh_from_db()
    assert (unresolved_flags(filing), filing.next_look_on) == ([], date(2026, 11, 25))
    assert due_marks.mark_those_whose_day_has_come(today=date(2026, 11, 24)) == 0
    for day, variant, level, then in [
        (date(2026, 11, 25), "due_soon", "warning", date(2026, 12, 1)),
        (date(2026, 12, 1), "overdue", "error", None),
    ]:
        assert due_marks.mark_those_whose_day_has_come(today=day) == 1
        check_everything(today=day)
        filing.refresh_from_db()
        flags = Flag.objects.unresolved().values_list("rule", "variant", "level")
        assert (list(flags), filing.next_look_on) == ([("DDL-01", variant, level)], then)


@time_machine.travel("2026-11-24T23:59:00+08:00", tick=False)
def test_a_check_is_due_on_the_day_on_which_the_outcome_may_change(filer):
    filing = a_filing(filer)
    check_everything()
    filing.refresh_from_db()
    assert not filing.is_due
    with time_machine.travel("2026-11-25T00:00:00+08:00", tick=False):
        assert filing.is_due


def test_a_submission_makes_the_other_filings_of_the_service_due(filer):
    generative = a_filing(filer, "generative", {"/service/algorithm_filing_number": None})
    check_everything()
    assert unresolved_flags(generative) == [("RTE-02", "/service/algorithm_filing_number")]
    algorithm = a_filing(filer, changes={"/service/launched_on": None})
    check_everything()
    assert unresolved_flags(generative) == [("RTE-02", "/service/algorithm_filing_number")]
    actions.submit_filing(algorithm, by=filer)
    check_everything()
    assert unresolved_flags(generative) == []
    actions.withdraw_filing(algorithm, by=filer)
    check_everything()
    assert unresolved_flags(generative) == [("RTE-02", "/service/algorithm_filing_number")]


def test_a_filing_of_another_applicant_does_not_cover_the_service(filer, stranger):
    other = {"/applicant/uscc": "91440305MADEMA004M", "/service/launched_on": None}
    a_submitted_filing(stranger, changes=other)
    generative = a_filing(filer, "generative", {"/service/algorithm_filing_number": None})
    check_everything()
    assert unresolved_flags(generative) == [("RTE-02", "/service/algorithm_filing_number")]


def test_a_late_filing_stays_flagged_as_late(filer):
    filing = a_filing(filer, changes={"/service/launched_on": "2026-04-30"})
    moment = timezone.make_aware(datetime(2026, 6, 1, 9))
    actions.submit_filing(filing, by=filer)
    hold_documents(filing, filer)
    Filing.objects.update(first_submitted_at=moment, submitted_at=moment)
    check_everything(today=date(2026, 6, 2))
    assert list(Flag.objects.values_list("rule", "variant", "level")) == [("DDL-01", "late", "warning")]


def test_an_override_of_the_calendar_moves_a_deadline(filer):
    a_filing(filer)
    CalendarDay.objects.create(day=date(2026, 11, 17), is_worked=False, source="a test")
    check_everything(today=date(2026, 11, 25))
    assert list(Flag.objects.all()) == []
    recheck_everything()
    check_everything(today=date(2026, 11, 26))
    assert list(Flag.objects.values_list("rule", "values")) == [
        ("DDL-01", {"deadline": "2026-12-01", "start": "2026-11-16", "asked": 10})
    ]


def test_a_chunk_takes_as_many_queries_as_one_filing(filer):
    def queries(number: int) -> int:
        for i in range(number):
            a_filing(filer, changes={**INCOMPLETE, "/reference": f"{number}-{i}", "/service/name": f"s{i}"})
        with CaptureQueriesContext(connection) as captured:
            assert check_everything() == number
        return len(captured)

    assert queries(1) == queries(30) == 16


def test_an_unreadable_filing_does_not_block_the_check_of_others(filer):
    broken = a_filing(filer, changes={"/reference": "a"})
    sound = a_filing(filer, changes={**INCOMPLETE, "/reference": "b"})
    broken.working_copy.content = "{"
    broken.working_copy.save()
    check_everything()
    broken.refresh_from_db()
    assert (unresolved_flags(sound), unresolved_flags(broken), broken.is_due) == (FLAGS, [], True)
    assert broken.leased_until is not None
    assert broken.leased_until > timezone.now()


def test_after_a_database_error_the_filings_of_a_chunk_are_checked_one_by_one(filer, monkeypatch):
    poisoned = a_filing(filer, changes={**INCOMPLETE, "/reference": "a"})
    sound = a_filing(filer, changes={**INCOMPLETE, "/reference": "b"})
    write = Flag.objects.bulk_create

    def refuse(flags):
        if any(flag.filing_id == poisoned.pk for flag in flags):
            raise DatabaseError("a test")
        return write(flags)

    monkeypatch.setattr(Flag.objects, "bulk_create", refuse)
    check_everything()
    poisoned.refresh_from_db()
    assert (unresolved_flags(sound), unresolved_flags(poisoned), poisoned.is_due) == (FLAGS, [], True)


def test_a_check_is_retried_within_seconds_after_a_temporary_failure(filer, monkeypatch):
    filing = a_filing(filer, changes=INCOMPLETE)

    def lose_the_connection(flags):
        raise OperationalError("a test")

    with monkeypatch.context() as patched:
        patched.setattr(Flag.objects, "bulk_create", lose_the_connection)
        check_everything()
    assert due_marks.lease_due(at=timezone.now() + timedelta(seconds=5)) == [(filing.pk, filing.pk)]
    check_everything()
    assert unresolved_flags(filing) == FLAGS


def test_a_chunk_of_unreadable_filings_is_tried_once(filer, settings):
    settings.CHECK_CHUNK = 2
    for i in range(4):
        filing = a_filing(filer, changes={"/reference": str(i)})
        filing.working_copy.content = "{"
        filing.working_copy.save()
    assert check_everything() == 4
    assert Filing.objects.due().count() == 4


def test_a_rule_raises_at_most_a_thousand_flags(filer):
    many = [{"risk": "x", "measure": None}] * 1_001
    filing = a_filing(filer, changes={"/algorithm/risk_controls": many, "/service/launched_on": None})
    check_everything()
    assert len(unresolved_flags(filing)) == 1_000


class TestLeases:
    @pytest.fixture
    def due(self, filer) -> list[int]:
        return [a_filing(filer, changes={"/reference": str(i)}).pk for i in range(3)]

    def later(self, **much: int) -> datetime:
        return timezone.now() + timedelta(**much)

    def test_a_recent_change_is_left_to_its_own_task(self, due):
        assert due_marks.lease_due() == []

    def test_overdue_checks_are_leased_as_a_range(self, due):
        assert due_marks.lease_due(at=self.later(seconds=10)) == [(due[0], due[-1])]

    def test_a_filing_is_not_leased_again_until_its_lease_expires(self, due):
        at = self.later(seconds=10)
        due_marks.lease_due(at=at)
        assert due_marks.lease_due(at=at + due_marks.lease() - timedelta(seconds=1)) == []
        assert due_marks.lease_due(at=at + due_marks.lease() + timedelta(seconds=1)) == [(due[0], due[-1])]

    def test_a_range_contains_at_most_one_chunk(self, due, settings):
        settings.CHECK_CHUNK = 2
        assert due_marks.lease_due(at=self.later(seconds=10)) == [(due[0], due[1]), (due[2], due[2])]

    def test_several_chunks_are_checked_one_after_another(self, due, settings):
        settings.CHECK_CHUNK = 2
        assert check_everything() == 3

    def test_the_weekly_sweep_takes_filings_that_were_not_checked_for_a_week(self, due):
        check_everything()
        assert due_marks.mark_those_not_read_for_a_week(at=self.later(days=6)) == 0
        assert due_marks.mark_those_not_read_for_a_week(at=self.later(days=8)) == 3
