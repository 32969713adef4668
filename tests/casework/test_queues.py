"""The queues of the desk, and the clocks that the checks write down."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.utils import timezone

from compliance.casework.assigning import assign_filing
from compliance.casework.clocks import remaining, working_days_between
from compliance.casework.looking import remember_look, with_news
from compliance.casework.queues import QUEUES, in_queue
from compliance.filings import actions
from compliance.models import Filing
from compliance.rules.calendar import PUBLISHED
from registry.models import User
from tests.making_filings import a_submitted_filing, check_everything


def queues_of(filing: Filing, user: User, today: date | None = None) -> list[str]:
    rows = Filing.objects.visible_to(user)
    return [name for name, queue in QUEUES.items() if in_queue(rows, queue, user, today=today).filter(pk=filing.pk)]


def at_noon(day: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(f"{day}T12:00"))


def clock_of(filing: Filing) -> tuple[str, str | None]:
    filing.refresh_from_db()
    return filing.clock, filing.due_on and filing.due_on.isoformat()


def test_a_filing_goes_through_the_queues(filer, reviewer, registrar):
    filing = a_submitted_filing(filer)
    check_everything()
    assert queues_of(filing, reviewer) == ["unassigned"]
    assign_filing(filing, reviewer, by=reviewer)
    assert queues_of(filing, reviewer) == ["mine"]
    filing = actions.return_filing(filing, by=reviewer, reason="seal")
    assert queues_of(filing, reviewer) == ["mine", "returned"]
    filing = actions.submit_filing(filing, by=filer)
    assert queues_of(filing, reviewer) == ["mine", "answered"]
    filing = actions.accept_filing(filing, by=reviewer)
    filing = actions.forward_filing(filing, by=reviewer)
    filing = actions.forward_filing(filing, by=reviewer)
    assert queues_of(filing, registrar) == ["to_decide"]
    filing = actions.decide_filing(filing, by=registrar)
    assert (queues_of(filing, registrar), queues_of(filing, reviewer)) == ([], [])


def test_a_registration_waits_for_its_decision_in_the_province(filer, reviewer, registrar):
    filing = a_submitted_filing(filer, "registration")
    Filing.objects.filter(pk=filing.pk).update(status="provincial_review")
    assert "to_decide" in queues_of(filing, registrar)


@pytest.mark.parametrize(
    ("due_on", "queue"),
    [
        ("2026-11-27", ["overdue"]),
        ("2026-11-30", ["due_soon"]),
        ("2026-12-03", ["due_soon"]),
        ("2026-12-04", []),
    ],
)
def test_due_soon_is_three_working_days(filer, reviewer, due_on, queue):
    filing = a_submitted_filing(filer)
    Filing.objects.filter(pk=filing.pk).update(status="filed", due_on=due_on, clock="termination")
    assert queues_of(filing, reviewer, today=date(2026, 11, 30)) == queue


def test_the_clock_of_the_authority_runs_from_the_acceptance(filer, reviewer):
    filing = a_submitted_filing(filer)
    filing = actions.accept_filing(filing, by=reviewer)
    Filing.objects.filter(pk=filing.pk).update(accepted_at=at_noon("2026-03-02"), due_since=timezone.now())
    check_everything(today=date(2026, 3, 20))
    assert clock_of(filing) == ("decision", "2026-04-14")


def test_the_clock_of_the_applicant_runs_from_the_return_until_the_answer(filer, reviewer):
    filing = a_submitted_filing(filer)
    filing = actions.return_filing(filing, by=reviewer, reason="seal")
    Filing.objects.filter(pk=filing.pk).update(returned_at=at_noon("2026-03-02"), due_since=timezone.now())
    check_everything(today=date(2026, 3, 20))
    assert clock_of(filing) == ("correction", "2026-03-23")
    actions.submit_filing(filing, by=filer)
    check_everything()
    assert clock_of(filing) == ("", None)


@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_no_period_of_the_law_binds_the_authority_for_other_kinds(filer, reviewer, kind):
    filing = a_submitted_filing(filer, kind)
    Filing.objects.filter(pk=filing.pk).update(status="accepted", accepted_at=timezone.now())
    check_everything()
    assert clock_of(filing) == ("", None)


def test_no_clock_runs_for_an_ended_filing(filer, reviewer):
    filing = a_submitted_filing(filer)
    Filing.objects.filter(pk=filing.pk).update(clock="correction", due_on=date(2026, 1, 5))
    actions.withdraw_filing(filing, by=filer)
    check_everything()
    assert clock_of(filing) == ("", None)


def test_what_remains_is_counted_in_working_days():
    filing = Filing(clock="decision", due_on=date(2026, 10, 9))
    # The National Day holidays of 2026 are 1 to 7 October; 10 October is worked.
    left = remaining(filing, today=date(2026, 9, 30), calendar=PUBLISHED)
    over = remaining(filing, today=date(2026, 10, 11), calendar=PUBLISHED)
    assert (left.working_days_left, left.is_soon, left.days_over) == (2, True, None)
    assert (over.working_days_left, over.days_over, over.binds_the_authority) == (None, 2, True)
    assert working_days_between(date(2026, 10, 9), date(2026, 10, 11), PUBLISHED) == 1


def test_news_are_the_events_since_the_last_look(filer, reviewer, registrar):
    filing = a_submitted_filing(filer)

    def news(user):
        return with_news(Filing.objects.all(), user).get(pk=filing.pk).news

    assert news(reviewer) == 2
    assert remember_look(filing, reviewer) is None
    assert (news(reviewer), news(registrar)) == (0, 2)
    filing = actions.return_filing(filing, by=registrar, reason="seal")
    assert news(reviewer) == 1
    assert remember_look(filing, reviewer) == 2
    assert news(reviewer) == 0
