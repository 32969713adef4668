"""DDL: deadlines in working days of China. They are evaluated today, whenever the filing was submitted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from compliance.dossier.schema import Dossier
from compliance.rules import thresholds
from compliance.rules.catalog import (
    ALGORITHM,
    ALL_KINDS,
    CANCELLATION,
    CHANGE,
    ERROR,
    EVERY_ACTION,
    GENERATIVE,
    INITIAL,
    PRACTICE,
    REGISTRATION,
    SECONDARY,
    TODAY,
    WARNING,
    Level,
    rule,
)
from compliance.rules.context import FILED, SUSPENDED, Context
from compliance.rules.due_dates import (
    Deadline,
    all_deadlines,
    amendment_deadline,
    cancellation_deadline,
    filing_deadline,
)
from compliance.rules.problems import DUE_SOON, LATE, OVERDUE, Problem
from compliance.rules.reading import SERVICE

_DAY = timedelta(days=1)
MESSAGES_DEADLINE = {
    OVERDUE: (
        "Not submitted by {deadline}, the {asked}th working day after {start}.",
        "截至 {deadline}（{start} 后第 {asked} 个工作日）仍未提交。",
    ),
    LATE: (
        "First submitted on {found}, after {deadline}, the {asked}th working day after {start}.",
        "首次提交日期为 {found}，晚于 {deadline}（{start} 后第 {asked} 个工作日）。",
    ),
    DUE_SOON: (
        "Must be submitted by {deadline}, the {asked}th working day after {start}.",
        "应不晚于 {deadline}（{start} 后第 {asked} 个工作日）提交。",
    ),
}


def _deadline_problems(deadline: Deadline | None, context: Context, *, overdue: Level) -> Iterator[Problem]:
    last_day = deadline.last_day(context) if deadline else None
    if deadline is None or last_day is None:
        return
    values = {"deadline": last_day.isoformat(), "start": deadline.start.isoformat(), "asked": deadline.days}
    if deadline.met_on:
        if deadline.met_on > last_day:
            yield Problem(deadline.at, LATE, {**values, "found": deadline.met_on.isoformat()}, level=WARNING)
    elif context.has_reached(last_day + _DAY):
        yield Problem(deadline.at, OVERDUE, values, level=overdue)
    elif context.has_reached(_due_soon_from(last_day, context)):
        yield Problem(deadline.at, DUE_SOON, values, level=WARNING)


def _due_soon_from(last_day: date, context: Context) -> date:
    days = thresholds.DUE_SOON_DAYS.count_on(context.day)
    return context.facts.calendar.working_day_after(last_day, -days) or last_day


@rule(
    "DDL-01",
    "Algorithm filing not submitted in time",
    level=ERROR,
    cites=("ALG 24",),
    kinds={ALGORITHM},
    actions={INITIAL},
    judged_on=TODAY,
    messages=MESSAGES_DEADLINE,
)
def is_filed_within_ten_working_days(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A public service with the capacity to shape opinion must file its algorithm within 10 working days of its launch.

    Why: Article 24 sets the period; after it, the service operates without a filing.

    Fix: submit the filing now; a late submission is recorded, but it is better than none.

    标题：算法备案未按期提交

    要求：具有舆论属性或者社会动员能力的服务，须在提供服务之日起十个工作日内履行备案手续。

    理由：第二十四条规定了期限；逾期后服务处于未备案状态。

    补正：立即提交备案；逾期提交会被记录，但优于不提交。
    """
    yield from _deadline_problems(filing_deadline(dossier, context), context, overdue=ERROR)


@rule(
    "DDL-02",
    "Change or cancellation not submitted in time",
    level=ERROR,
    cites=("ALG 24",),
    kinds=ALL_KINDS,
    actions={CHANGE, CANCELLATION},
    judged_on=TODAY,
    messages=MESSAGES_DEADLINE,
)
def is_amended_in_time(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A change must be submitted within 10 working days of the change, a cancellation within 20 of the termination.

    Why: Article 24 sets the periods, so that the public record stays accurate.

    Fix: submit the change or cancellation now.

    标题：变更或注销未按期提交

    要求：变更须在变更之日起十个工作日内、注销须在终止服务之日起二十个工作日内提交。

    理由：第二十四条规定了期限，以保持公示信息真实。

    补正：立即提交变更或注销。
    """
    overdue = ERROR if dossier.kind == ALGORITHM else WARNING
    yield from _deadline_problems(amendment_deadline(dossier, context), context, overdue=overdue)


@rule(
    "DDL-03",
    "Terminated service not cancelled",
    level=ERROR,
    cites=("ALG 24", "ALG 33"),
    kinds=ALL_KINDS,
    actions={INITIAL},
    judged_on=TODAY,
    messages={
        OVERDUE: (
            "The service was terminated on {start}; no cancellation was submitted by {deadline}, the {asked}th working day after it.",
            "服务已于 {start} 终止；截至 {deadline}（其后第 {asked} 个工作日）仍未提交注销。",
        )
    },
)
def is_cancelled_after_termination(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The filing of a terminated service must be cancelled within 20 working days.

    Why: Article 24 sets the period; after it the authority may cancel the filing itself.

    Fix: submit a cancellation with the number of this filing, or correct the termination date by a change.

    标题：服务终止后未注销

    要求：终止服务的，须在终止之日起二十个工作日内办理注销备案手续。

    理由：第二十四条规定了期限；逾期主管部门可予以注销。

    补正：提交写明本备案编号的注销申请；终止日期有误的，通过变更更正。
    """
    deadline = cancellation_deadline(dossier, context)
    overdue = ERROR if dossier.kind == ALGORITHM else WARNING
    yield from passed(deadline, context, level=overdue)


def passed(deadline: Deadline | None, context: Context, *, level: Level | None = None) -> Iterator[Problem]:
    """Yield a problem for a deadline that has passed, but none in advance."""
    last_day = deadline.last_day(context) if deadline else None
    if deadline and last_day and context.has_reached(last_day + _DAY):
        values = {"deadline": last_day.isoformat(), "start": deadline.start.isoformat(), "asked": deadline.days}
        yield Problem(deadline.at, OVERDUE, values, level=level)


@rule(
    "DDL-05",
    "Deadline falls in a year without a confirmed holiday notice",
    level=WARNING,
    force=PRACTICE,
    cites=("ALG 24",),
    kinds=ALL_KINDS,
    actions=EVERY_ACTION,
    judged_on=TODAY,
    messages={
        "unconfirmed": (
            "The {asked}th working day after {start} cannot be computed yet: the holiday notice for that year is not confirmed.",
            "{start} 后第 {asked} 个工作日尚无法确定：该年度放假安排尚未确认。",
        )
    },
)
def has_a_computable_deadline(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A running deadline must be computable from confirmed holiday notices.

    Why: make-up workdays are announced each year; an estimate could be off by days.

    Fix: submit early; an administrator enters the notice when it is published.

    标题：期限所在年度的放假安排尚未确认

    要求：正在计算的期限须能依据已确认的放假安排确定。

    理由：调休按年公布，推测可能相差数日。

    补正：尽早提交；放假安排公布后由管理员录入。
    """
    for deadline in all_deadlines(dossier, context):
        if deadline and deadline.met_on is None and deadline.last_day(context) is None:
            yield Problem(deadline.at, "unconfirmed", {"start": deadline.start.isoformat(), "asked": deadline.days})


@rule(
    "DDL-06",
    "Service offered before it was filed",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("IM 17",),
    kinds={GENERATIVE, REGISTRATION},
    actions={INITIAL},
    judged_on=TODAY,
    messages={
        "before_filing": (
            "The service has been offered to the public since {found}, but is not filed.",
            "服务自 {found} 起面向公众提供，但尚未备案。",
        )
    },
)
def is_filed_before_it_is_offered(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A public generative service must be filed or registered before it is offered.

    Why: the security assessment must be completed before the service is offered to the public.

    Fix: take the service offline until it is filed, or correct the launch date.

    标题：服务未备案先上线

    要求：面向公众的生成式人工智能服务须先备案或登记，后上线。

    理由：安全评估应在面向公众提供服务之前完成。

    补正：备案完成前下线服务，或更正上线日期。
    """
    launched_on = dossier.service.launched_on
    if not dossier.service.public or launched_on is None or context.facts.status in (FILED, SUSPENDED):
        return
    if launched_on < date.max and context.has_reached(launched_on + _DAY):
        yield Problem(SERVICE / "launched_on", "before_filing", {"found": launched_on.isoformat()})
