"""Assigning filings to reviewers: by hand, in turn, handing over with a note. Whoever may not review a filing never gets it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from compliance.casework.refusals import AssignmentRefused
from compliance.filings import workflow
from compliance.filings.locking import lock_filing
from compliance.filings.permissions import Permissions, refuse_unless_permitted
from compliance.models import Absence, Assignment, Filing
from compliance.notices.kinds import ASSIGNED
from compliance.notices.raising import raise_notices
from registry.models import Role, User


@dataclass(frozen=True, slots=True)
class Load:
    """The work of a reviewer: open filings assigned, those overdue, and the last day of an absence of today."""

    user: User
    open_count: int
    overdue_count: int
    away_until: date | None


def reviewers(provinces: Iterable[str] | None = None) -> list[User]:
    """Return the active reviewers and registrars; with `provinces`, the reviewers of at least one of them alone."""
    people = User.objects.filter(is_active=True, staff_roles__role__in=[Role.REVIEWER, Role.REGISTRAR])
    found = list(people.prefetch_related("staff_roles").distinct().order_by("username"))
    if provinces is None:
        return found
    return [person for person in found if set(person.reviewed_provinces) & set(provinces)]


def eligible_for(filing: Filing, permissions: Permissions | None = None) -> list[User]:
    """Return those who may review a filing: reviewers of its province and registrars who neither file nor prepared it."""
    permissions = permissions or Permissions(filing)
    return [person for person in reviewers() if permissions.allow(workflow.REVIEWING, person)]


@transaction.atomic
def assign_filing(filing: Filing, to: User | None, *, by: User, note: str = "") -> Filing:
    """
    Assign a filing to somebody who may review it, or to nobody (`to` is None). Handing over is assigning with a note.

    Raises NotPermitted if `by` may not review the filing, and AssignmentRefused.
    """
    refuse_unless_permitted(workflow.REVIEWING, filing, by)
    filing = lock_filing(filing)
    if filing.status in workflow.ENDED:
        raise AssignmentRefused("case_ended")
    if filing.assignee_id == (to and to.pk):
        raise AssignmentRefused("already_assigned", to=str(to or "–"))
    if to and (reason := Permissions(filing).why_not(workflow.REVIEWING, to)):
        raise AssignmentRefused("not_eligible", to=to.username, reason=reason)
    return _write(filing, to, by, note)


@transaction.atomic
def assign_next(filing: Filing, *, by: User) -> Filing:
    """
    Assign a filing that nobody has to the reviewer of its province whose turn it is: present today, and the longest without
    a new one.

    Raises NotPermitted and AssignmentRefused (`nobody_in_turn`, `already_assigned`).
    """
    refuse_unless_permitted(workflow.REVIEWING, filing, by)
    if filing.assignee:
        raise AssignmentRefused("already_assigned", to=str(filing.assignee))
    candidates = [person for person in eligible_for(filing) if filing.province in person.reviewed_provinces]
    present = _present(candidates)
    if not present:
        raise AssignmentRefused("nobody_in_turn")
    # Two filings that are assigned at once do not go to the same person.
    list(User.objects.select_for_update(no_key=True).filter(pk__in=[person.pk for person in present]).order_by("pk"))
    return assign_filing(filing, _in_turn(present), by=by)


def _present(people: list[User]) -> list[User]:
    away = set(Absence.objects.on().of([person.pk for person in people]).values_list("user_id", flat=True))
    return [person for person in people if person.pk not in away]


def _in_turn(people: list[User]) -> User:
    """Return the person who was assigned a filing the longest ago, or never; the first by name among equals."""
    rows = Assignment.objects.filter(assignee__in=people).values("assignee").annotate(last=Max("id"))
    last = {row["assignee"]: row["last"] for row in rows}
    return min(people, key=lambda person: (last.get(person.pk, 0), person.username))


def _write(filing: Filing, to: User | None, by: User, note: str) -> Filing:
    filing.assignee = to
    filing.save(update_fields=["assignee"])
    row = Assignment.objects.create(filing=filing, assignee=to, by=by, at=timezone.now(), note=note.strip())
    if to:
        raise_notices(ASSIGNED, [to], filing, key=str(row.pk), but=by, values={"actor": by.username}, text=row.note)
    return filing


def loads(people: list[User]) -> list[Load]:
    """Return the work of each person, in three queries."""
    today = timezone.localdate()
    running = Filing.objects.filter(assignee__in=people, status__in=sorted(workflow.UNDECIDED))
    counts: dict[int, Any] = {
        row["assignee"]: row
        for row in running.values("assignee").annotate(
            open=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today))
        )
    }
    absences = Absence.objects.on(today).of([person.pk for person in people])
    away = dict(absences.order_by("last_day").values_list("user_id", "last_day"))
    nothing = {"open": 0, "overdue": 0}
    return [
        Load(person, row["open"], row["overdue"], away.get(person.pk))
        for person in people
        for row in [counts.get(person.pk, nothing)]
    ]
