"""Waivers: who may waive, for how long, what is unblocked, when a waiver lapses, and how the history records it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from compliance.checking.flag_counts import with_todays_counts
from compliance.filings import actions
from compliance.filings.refusals import ErrorsOpen, NotPermitted, ReasonMissing, TransitionRefused, WaiverRefused
from compliance.models import Event, Filing, Flag
from tests.building import parsed
from tests.making_filings import a_submitted_filing, check_everything, history_faults, unresolved_flags

TODAY, LAST_DAY = date(2026, 11, 20), date(2026, 11, 30)
NOT_SEALED = {"/documents/1/sealed": False, "/reference": "waived"}
SEAL = ("DOC-04", "/documents/1/sealed", "not_true")


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel("2026-11-20 10:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def filing(filer) -> Filing:
    filing = a_submitted_filing(filer, "generative", NOT_SEALED)
    check_everything()
    assert unresolved_flags(filing) == [SEAL[:2]]
    return filing


def waive(filing, by, *, until=LAST_DAY, reason="The seal is being cut anew.", flag=SEAL):
    return actions.waive_flag(filing, flag, until=until, reason=reason, by=by)


def counts(filing):
    (row,) = with_todays_counts(list(Filing.objects.filter(pk=filing.pk).summaries()))
    return row.error_count, row.warning_count, row.waived_count


def verbs(filing):
    return list(Event.objects.filter(filing=filing).order_by("number").values_list("verb", flat=True))


def test_a_waived_error_does_not_block_acceptance(filing, reviewer):
    with pytest.raises(ErrorsOpen):
        actions.accept_filing(filing, by=reviewer)
    waive(filing, reviewer)
    assert counts(filing) == (0, 0, 1)
    assert actions.accept_filing(filing, by=reviewer).status == "accepted"


def test_a_waiver_ends_with_its_last_day(filing, reviewer, day):
    waive(filing, reviewer)
    day.move_to("2026-11-30 23:59+08:00")
    assert counts(filing) == (0, 0, 1)
    day.move_to("2026-12-01 00:00+08:00")
    assert counts(filing) == (1, 0, 0)
    with pytest.raises(ErrorsOpen):
        actions.accept_filing(filing, by=reviewer)


def test_a_waiver_stays_in_force_if_the_flagged_content_does_not_change(filing, filer, reviewer):
    waive(filing, reviewer)
    actions.return_filing(filing, by=reviewer, reason="Name the audience.")
    changes = {**NOT_SEALED, "/service/audience": "成年人"}
    actions.edit_dossier(filing, parsed("generative", changes), by=filer)
    actions.submit_filing(filing, by=filer)
    check_everything()
    assert counts(filing) == (0, 0, 1)


def test_a_correction_notice_does_not_list_waived_errors(filing, reviewer):
    waive(filing, reviewer)
    with pytest.raises(ReasonMissing):
        actions.return_filing(filing, by=reviewer)
    actions.return_filing(filing, by=reviewer, reason="Another matter.")
    assert Event.objects.filter(filing=filing, verb="return").get().data == {"gaps": []}


LONG = ("ALG-07", "/service/description", "too_long")


def test_a_waiver_lapses_when_the_value_changes_and_the_history_records_it(filer, reviewer):
    filing = a_submitted_filing(filer, "algorithm", {"/service/description": "长" * 501, "/service/launched_on": None})
    check_everything()
    waive(filing, reviewer, flag=LONG)
    actions.return_filing(filing, by=reviewer, reason="Another matter.")
    longer = {"/service/description": "长" * 502, "/service/launched_on": None}
    actions.edit_dossier(filing, parsed("algorithm", longer), by=filer)
    check_everything()
    assert counts(filing) == (0, 1, 0)
    last = Event.objects.filter(filing=filing).latest("number")
    assert (last.verb, last.actor, last.data) == (
        "waiver_lapsed",
        "registry",
        {
            "rule": "ALG-07",
            "at": "/service/description",
            "variant": "too_long",
            "values": {"found": 502, "asked": 500},
            "waived_by": "reviewer",
        },
    )
    assert history_faults(filing) == []


def resubmitted(filing, filer, reviewer, changes):
    actions.return_filing(filing, by=reviewer, reason="Another matter.")
    actions.edit_dossier(filing, parsed("generative", changes), by=filer)
    actions.submit_filing(filing, by=filer)
    check_everything()
    return counts(filing)


OTHER_BYTES = "0" * 64


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"/documents/1/title": "另一标题"}, (0, 0, 1)),
        ({"/documents/0/filename": "另一文件.pdf"}, (0, 0, 1)),
        ({"/documents/1/sha256": OTHER_BYTES}, (2, 0, 0)),
        ({"/documents/1/filename": "另一文件.pdf"}, (1, 0, 0)),
        ({"/documents/1/sealed": None}, (1, 0, 0)),
    ],
)
def test_a_waiver_lapses_when_the_file_changes(filing, filer, reviewer, change, left):
    waive(filing, reviewer)
    assert resubmitted(filing, filer, reviewer, NOT_SEALED | change) == left


def test_a_waiver_lapses_with_its_flag_and_does_not_return_with_it(filing, filer, reviewer):
    waive(filing, reviewer)
    actions.return_filing(filing, by=reviewer, reason="Another matter.")
    actions.edit_dossier(filing, parsed("generative", {"/reference": "waived"}), by=filer)
    check_everything()
    actions.edit_dossier(filing, parsed("generative", NOT_SEALED), by=filer)
    check_everything()
    assert counts(filing) == (1, 0, 0)
    assert verbs(filing)[-3:] == ["edit", "waiver_lapsed", "edit"]


def test_a_check_within_an_action_may_lapse_a_waiver(filing, filer, reviewer):
    waive(filing, reviewer)
    Flag.objects.filter(filing=filing).update(waiver_basis="of another file")
    with pytest.raises(ErrorsOpen):
        actions.accept_filing(filing, by=reviewer)
    with time_machine.travel("2026-11-20 11:00+08:00", tick=True):
        actions.return_filing(filing, by=reviewer)
    assert verbs(filing)[-2:] == ["waiver_lapsed", "return"]
    # A return comes after the check within it.
    moments = list(Event.objects.filter(filing=filing).order_by("number").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert history_faults(filing) == []


def test_a_lifted_waiver_counts_again(filing, reviewer):
    waive(filing, reviewer)
    actions.lift_waiver(filing, SEAL, reason="The seal was ready all along.", by=reviewer)
    assert counts(filing) == (1, 0, 0)
    assert verbs(filing)[-2:] == ["waive", "lift_waiver"]


def test_the_history_records_what_was_waived_why_and_until_when(filing, reviewer):
    waive(filing, reviewer)
    event = Event.objects.filter(filing=filing).latest("number")
    assert (event.verb, event.actor, event.reason, event.data) == (
        "waive",
        "reviewer",
        "The seal is being cut anew.",
        {
            "rule": "DOC-04",
            "at": "/documents/1/sealed",
            "variant": "not_true",
            "values": {},
            "until": "2026-11-30",
        },
    )


@pytest.mark.parametrize("who", ["filer", "far_reviewer", "auditor", "administrator", "stranger"])
def test_only_reviewers_of_the_province_and_registrars_waive(filing, who, request):
    with pytest.raises(NotPermitted):
        waive(filing, request.getfixturevalue(who))


def test_a_registrar_may_waive(filing, registrar):
    assert waive(filing, registrar).is_waived


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"until": TODAY - timedelta(days=1)}, "day_past"),
        ({"flag": ("DOC-04", "/documents/1/sealed", "missing")}, "no_such_flag"),
        ({"flag": ("XXX-99", "", "")}, "no_such_flag"),
    ],
)
def test_invalid_waivers_are_refused(filing, reviewer, asked, code):
    with pytest.raises(WaiverRefused) as refused:
        waive(filing, reviewer, **asked)
    assert refused.value.code == code
    assert counts(filing) == (1, 0, 0)


def test_a_waiver_may_end_today(filing, reviewer):
    assert waive(filing, reviewer, until=TODAY).is_waived


def test_a_waiver_requires_a_reason(filing, reviewer):
    with pytest.raises(ReasonMissing):
        waive(filing, reviewer, reason="  ")


def test_a_waiver_that_does_not_exist_cannot_be_lifted(filing, reviewer):
    with pytest.raises(WaiverRefused) as refused:
        actions.lift_waiver(filing, SEAL, reason="Why not.", by=reviewer)
    assert refused.value.code == "not_waived"


def test_flags_of_an_ended_filing_cannot_be_waived(filing, filer, reviewer):
    actions.withdraw_filing(filing, by=filer)
    with pytest.raises(TransitionRefused):
        waive(filing, reviewer)
