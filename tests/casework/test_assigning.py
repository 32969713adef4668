"""Assigning filings: by hand, in turn, with a note, and never to somebody who may not review them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.casework.assigning import assign_filing, assign_next, eligible_for, loads
from compliance.casework.refusals import AssignmentRefused
from compliance.filings import actions
from compliance.filings.refusals import NotPermitted
from compliance.models import Absence, Assignment, Filing, Notice
from registry.models import Membership, User
from tests.conftest import staff
from tests.making_filings import a_submitted_filing


@pytest.fixture
def filing(filer: User) -> Filing:
    return a_submitted_filing(filer)


@pytest.fixture
def colleague(db: None) -> User:
    return staff("colleague", "reviewer", ["44", "11"])


def lines(filing: Filing) -> list[tuple[str | None, str, str]]:
    rows = Assignment.objects.filter(filing=filing).select_related("assignee", "by")
    return [(row.assignee and row.assignee.username, row.by.username, row.note) for row in rows]


def test_a_filing_is_assigned_and_handed_over_with_a_note(filing, reviewer, colleague):
    assign_filing(filing, reviewer, by=reviewer)
    assign_filing(filing, colleague, by=reviewer, note=" I am away. ")
    assign_filing(filing, None, by=colleague)
    filing.refresh_from_db()
    assert filing.assignee is None
    assert lines(filing) == [
        ("reviewer", "reviewer", ""),
        ("colleague", "reviewer", "I am away."),
        (None, "colleague", ""),
    ]


def test_whoever_is_assigned_by_another_gets_a_notice(filing, reviewer, colleague):
    assign_filing(filing, reviewer, by=reviewer)
    assign_filing(filing, colleague, by=reviewer, note="yours")
    assert list(Notice.objects.values_list("user__username", "kind", "text")) == [("colleague", "assigned", "yours")]


def test_it_is_not_assigned_twice_to_the_same_person(filing, reviewer):
    assign_filing(filing, reviewer, by=reviewer)
    with pytest.raises(AssignmentRefused, match="already_assigned"):
        assign_filing(filing, reviewer, by=reviewer)
    assert len(lines(filing)) == 1


@pytest.mark.parametrize(
    ("person", "reason"),
    [("far_reviewer", "not_your_province"), ("auditor", "not_a_reviewer"), ("filer", "not_a_reviewer")],
)
def test_it_is_never_assigned_to_somebody_who_may_not_review_it(filing, reviewer, person, reason, request):
    with pytest.raises(AssignmentRefused) as refusal:
        assign_filing(filing, request.getfixturevalue(person), by=reviewer)
    assert refusal.value.values["reason"] == reason
    assert lines(filing) == []


def test_it_is_never_assigned_to_a_member_of_the_applicant_or_to_whoever_prepared_it(
    filing, filer, reviewer, colleague, organization
):
    Membership.objects.create(user=colleague, organization=organization, role="viewer")
    preparing = staff("preparing", "reviewer", ["44"])
    Membership.objects.create(user=preparing, organization=organization, role="filer")
    other = a_submitted_filing(preparing, changes={"/reference": "other"})
    Membership.objects.filter(user=preparing).delete()
    assert eligible_for(filing) == [preparing, reviewer]
    assert eligible_for(other) == [reviewer]


@pytest.mark.parametrize("person", ["far_reviewer", "auditor", "administrator", "filer", "stranger"])
def test_others_cannot_assign(filing, reviewer, person, request):
    with pytest.raises(NotPermitted):
        assign_filing(filing, reviewer, by=request.getfixturevalue(person))


def test_an_ended_filing_is_not_assigned(filing, filer, reviewer):
    actions.withdraw_filing(filing, by=filer)
    with pytest.raises(AssignmentRefused, match="case_ended"):
        assign_filing(filing, reviewer, by=reviewer)


def test_filings_go_in_turn_to_the_reviewers_who_are_present(filer, reviewer, colleague):
    away = staff("away", "reviewer", ["44"])
    today = timezone.localdate()
    Absence.objects.create(user=away, first_day=today, last_day=today + timedelta(days=3))
    filings = [a_submitted_filing(filer, changes={"/reference": f"{i}"}) for i in range(4)]
    turns = [assign_next(filing, by=reviewer).assignee.username for filing in filings]
    assert turns == ["colleague", "reviewer", "colleague", "reviewer"]
    with pytest.raises(AssignmentRefused, match="already_assigned"):
        assign_next(filings[0], by=reviewer)
    Absence.objects.create(user=colleague, first_day=today, last_day=today)
    Absence.objects.create(user=reviewer, first_day=today, last_day=today)
    with pytest.raises(AssignmentRefused, match="nobody_in_turn"):
        assign_next(a_submitted_filing(filer, changes={"/reference": "z"}), by=reviewer)


def test_the_load_counts_open_and_overdue_filings(filer, reviewer, colleague):
    for i in range(3):
        assign_filing(a_submitted_filing(filer, changes={"/reference": f"{i}"}), reviewer, by=reviewer)
    first = Filing.objects.order_by("pk")[0]
    Filing.objects.filter(pk=first.pk).update(due_on=timezone.localdate() - timedelta(days=1), clock="decision")
    assert [(load.user.username, load.open_count, load.overdue_count) for load in loads([colleague, reviewer])] == [
        ("colleague", 0, 0),
        ("reviewer", 3, 1),
    ]
