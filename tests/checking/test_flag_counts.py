"""The counts of flags that a filing holds are those that counting gives, whatever changed the flags."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from compliance.checking.flag_counts import (
    FlagCounts,
    bring_counts_up_to_date,
    counted,
    counts_on,
    recount_where_waivers_ended,
)
from compliance.filings import actions
from compliance.models import Filing, Flag
from compliance.tasks import sweep_of_the_day
from tests.building import parsed
from tests.making_filings import a_filing, a_submitted_filing, check_everything

INCOMPLETE = {"/service/audience": None, "/applicant/contact/phone": None}
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def on_a_day():
    with time_machine.travel("2026-11-20T09:00:00+08:00", tick=False):
        yield


def assert_counts(filing: Filing, expected: FlagCounts) -> None:
    filing.refresh_from_db()
    today = timezone.localdate()
    assert counts_on(filing) == expected == counted([filing.pk], today)[filing.pk]


def waived(filing: Filing, reviewer, *, until: date) -> Flag:
    flag = Flag.objects.open().filter(filing=filing).order_by("level", "pk").first()
    assert flag
    return actions.waive_flag(filing, flag.identity, until=until, reason="a test", by=reviewer)


def test_checking_counts_what_it_raises_and_resolves(filer):
    filing = a_filing(filer, "generative", INCOMPLETE)
    assert_counts(filing, FlagCounts())
    check_everything()
    errors = Flag.objects.open().errors().filter(filing=filing).count()
    assert errors
    assert_counts(filing, FlagCounts(error_count=errors))
    actions.edit_dossier(filing, parsed("generative"), by=filer)
    check_everything()
    assert_counts(filing, FlagCounts())


def test_a_waiver_moves_a_flag_to_the_waived_ones_until_it_is_lifted(filer, reviewer):
    filing = a_submitted_filing(filer, "generative", INCOMPLETE)
    check_everything()
    errors = Flag.objects.open().errors().filter(filing=filing).count()
    flag = waived(filing, reviewer, until=TODAY + timedelta(days=4))
    ends = TODAY + timedelta(days=5)
    assert_counts(filing, FlagCounts(error_count=errors - 1, waived_count=1, recount_on=ends))
    actions.lift_waiver(filing, flag.identity, reason="a test", by=reviewer)
    assert_counts(filing, FlagCounts(error_count=errors))


def test_a_waiver_that_lapses_is_counted_as_open_again(filer, reviewer):
    filing = a_submitted_filing(filer, "generative", {"/assessment/keywords/total": 9_999})
    check_everything()
    before = counts_on(Filing.objects.get(pk=filing.pk))
    waived(filing, reviewer, until=TODAY)
    actions.return_filing(filing, by=reviewer, reason="Another matter.")
    actions.edit_dossier(filing, parsed("generative", {"/assessment/keywords/total": 9_998}), by=filer)
    check_everything()
    assert_counts(filing, before)


def test_a_waiver_that_ends_is_read_as_ended_and_written_by_the_sweep(filer, reviewer):
    filing = a_submitted_filing(filer, "generative", INCOMPLETE)
    check_everything()
    waived(filing, reviewer, until=TODAY)
    with time_machine.travel("2026-11-21T00:00:30+08:00", tick=False):
        stored = Filing.objects.get(pk=filing.pk)
        assert counts_on(stored).waived_count == 1
        assert counts_on(bring_counts_up_to_date([stored])[0]).waived_count == 0
        sweep_of_the_day()
        assert_counts(filing, counted([filing.pk], date(2026, 11, 21))[filing.pk])
        assert recount_where_waivers_ended() == 0


def test_counts_follow_a_filing_through_its_life(filer, reviewer):
    filing = a_submitted_filing(filer, "generative", INCOMPLETE)
    check_everything()
    actions.return_filing(filing, by=reviewer)
    assert_counts(filing, counted([filing.pk], TODAY)[filing.pk])
    actions.withdraw_filing(Filing.objects.get(pk=filing.pk), by=filer)
    check_everything()
    assert_counts(filing, FlagCounts())
