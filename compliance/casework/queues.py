"""The queues of the desk: what waits for whom. Each is a condition that an index serves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.db.models import F, Q
from django.utils import timezone

from compliance.checking.case_facts import working_calendar
from compliance.filings import workflow
from compliance.filings.querysets import FilingQuerySet
from compliance.language import Bilingual
from compliance.rules import thresholds
from registry.models import User

_DECIDED_NEXT = Q(status=workflow.NATIONAL_REVIEW) | Q(status=workflow.PROVINCIAL_REVIEW, kind="registration")
_SOONEST = (F("due_on").asc(nulls_last=True), F("submitted_at").asc(nulls_last=True), "id")
_LONGEST_WAITING = ("submitted_at", "id")


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue: its name, its title and hint, its filings (of those that a user sees), and their order."""

    name: str
    title: Bilingual
    hint: Bilingual
    condition: Callable[[User, date], Q]
    order: tuple[object, ...] = _SOONEST


def last_day_soon(today: date) -> date:
    """Return the last of the working days that count as due soon; today if the calendar of the year is not confirmed."""
    days = thresholds.DUE_SOON_DAYS.count_on(today)
    calendar = working_calendar()
    found = (calendar.working_day_after(today, count) for count in range(days, 0, -1))
    # At the end of the last confirmed year, fewer days are known.
    return next((day for day in found if day), date(today.year, 12, 31))


def _due_soon(user: User, today: date) -> Q:
    return Q(due_on__gte=today, due_on__lte=last_day_soon(today)) & ~Q(status__in=workflow.ENDED)


_ALL = (
    Queue(
        "mine",
        Bilingual("Mine", "我的"),
        Bilingual("Assigned to you and not decided.", "分配给您、尚未办结的申报。"),
        lambda user, today: Q(assignee=user, status__in=sorted(workflow.UNDECIDED)),
    ),
    Queue(
        "unassigned",
        Bilingual("Unassigned", "未分配"),
        Bilingual("Under way, and nobody works on them.", "办理中、尚无经办人的申报。"),
        lambda user, today: Q(assignee__isnull=True, status__in=sorted(workflow.UNDER_WAY)),
    ),
    Queue(
        "overdue",
        Bilingual("Overdue", "已逾期"),
        Bilingual(
            "A statutory deadline of the authority or the applicant has passed.", "主管部门或备案主体的法定期限已届满。"
        ),
        lambda user, today: Q(due_on__lt=today) & ~Q(status__in=workflow.ENDED),
    ),
    Queue(
        "due_soon",
        Bilingual("Due soon", "即将到期"),
        Bilingual("A statutory deadline ends within 3 working days.", "法定期限在三个工作日内届满。"),
        _due_soon,
    ),
    Queue(
        "answered",
        Bilingual("Returned and answered", "已补正"),
        Bilingual("Came back after a correction notice.", "退回后已补正并再次提交。"),
        lambda user, today: Q(status=workflow.SUBMITTED, returned_at__isnull=False),
        _LONGEST_WAITING,
    ),
    Queue(
        "to_decide",
        Bilingual("Waiting for a decision", "待作出决定"),
        Bilingual("Reviewed; a registrar decides.", "审核完毕，待登记员作出决定。"),
        lambda user, today: _DECIDED_NEXT,
    ),
    Queue(
        "returned",
        Bilingual("With the applicant", "待申报方补正"),
        Bilingual("Returned for correction and not answered yet.", "已退回补正、尚未再次提交。"),
        lambda user, today: Q(status=workflow.RETURNED),
    ),
)
QUEUES = MappingProxyType({queue.name: queue for queue in _ALL})


def in_queue(filings: FilingQuerySet, queue: Queue, user: User, *, today: date | None = None) -> FilingQuerySet:
    """Return those of the filings, which the user sees, that are in a queue today, without their order."""
    return filings.filter(queue.condition(user, today or timezone.localdate()))


def counts_of_queues(filings: FilingQuerySet, user: User, *, most: int) -> dict[str, int]:
    """Return how many filings are in each queue, at most `most`, so that a long queue costs no more than a short one."""
    today = timezone.localdate()
    return {
        name: in_queue(filings, queue, user, today=today).order_by()[:most].values("pk").count()
        for name, queue in QUEUES.items()
    }
