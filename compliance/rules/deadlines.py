"""DDL: deadlines, on the working days of China. They look at today, whenever the filing was submitted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from compliance.dossier.pointer import ROOT, Pointer
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
    INFO,
    INITIAL,
    PRACTICE,
    REGISTRATION,
    SECONDARY,
    TODAY,
    WARNING,
    Level,
    rule,
)
from compliance.rules.context import DRAFT, FILED, RETURNED, WITHDRAWN, Clock, Context, Facts, FilingFact, same_name
from compliance.rules.problems import DUE_SOON, LATE, OVERDUE, Problem
from compliance.rules.reading import SERVICE

_DAY = timedelta(days=1)
BEING_DECIDED = frozenset({"accepted", "provincial_review", "national_review"})
NOT_COUNTING = frozenset({DRAFT, WITHDRAWN})
SAYS_DEADLINE = {
    OVERDUE: (
        "Nothing was submitted by {deadline}, the {asked}th working day after {start}.",
        "截至 {deadline}（{start} 后第 {asked} 个工作日）仍未提交。",
    ),
    LATE: (
        "First submitted on {found}, after {deadline}, the {asked}th working day after {start}.",
        "首次提交日期为 {found}，晚于 {deadline}（{start} 后第 {asked} 个工作日）。",
    ),
    DUE_SOON: (
        "To be submitted by {deadline}, the {asked}th working day after {start}.",
        "应于 {deadline}（{start} 后第 {asked} 个工作日）前提交。",
    ),
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """Days given from a start, the place that says the start, and the day of the first submission that met or missed it."""

    at: Pointer
    start: date
    days: int
    met_on: date | None

    def last_day(self, context: Context) -> date | None:
        """Return the last day to submit, or None in a year whose holiday notice is not confirmed."""
        return context.facts.calendar.working_day_after(self.start, self.days)


def _filing_deadline(dossier: Dossier, context: Context) -> Deadline | None:
    """The deadline of ALG 24 ¶1; none while the service is not launched, or owes no filing."""
    service = dossier.service
    if not (service.public and service.opinion_capacity and service.launched_on):
        return None
    if dossier.kind != ALGORITHM or not context.has_reached(service.launched_on):
        return None
    days = thresholds.FILING_DAYS.count_on(context.day)
    return Deadline(SERVICE / "launched_on", service.launched_on, days, _first_submission(dossier, context))


def _first_submission(dossier: Dossier, context: Context) -> date | None:
    """The first submission of any algorithm filing of the applicant for this service; withdrawn ones do not count."""
    others = [filing for filing in context.facts.other_filings or () if _is_for_same_service(filing, dossier)]
    own = None if context.facts.status == WITHDRAWN else context.facts.first_submitted_on
    days = [own, *(filing.first_submitted_on for filing in others)]
    return min((day for day in days if day), default=None)


def _is_for_same_service(filing: FilingFact, dossier: Dossier) -> bool:
    return (
        filing.kind == ALGORITHM
        and filing.status not in NOT_COUNTING
        and same_name(filing.service_name) == same_name(dossier.service.name)
    )


def _amendment_deadline(dossier: Dossier, context: Context) -> Deadline | None:
    """The deadline of ALG 24 ¶2 and ¶3; none before the change or termination has happened."""
    if dossier.occurred_on is None or not context.has_reached(dossier.occurred_on):
        return None
    figure = thresholds.CHANGE_DAYS if dossier.action == CHANGE else thresholds.CANCELLATION_DAYS
    days = figure.count_on(context.day)
    return Deadline(ROOT / "occurred_on", dossier.occurred_on, days, context.facts.first_submitted_on)


def _judged(deadline: Deadline | None, context: Context, *, overdue: Level) -> Iterator[Problem]:
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
    says=SAYS_DEADLINE,
)
def is_filed_within_ten_working_days(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A public service with the capacity to shape opinion files its algorithm within 10 working days of its launch.

    Why: Article 24 sets the period; from the day after it, the service runs unfiled.

    Fix: submit the filing now; a late submission is recorded, and it is better than none.

    标题：算法备案未按期提交

    要求：具有舆论属性或者社会动员能力的服务，须在提供服务之日起十个工作日内履行备案手续。

    理由：第二十四条规定了期限；逾期后服务处于未备案状态。

    补正：立即提交备案；逾期提交会被记录，但优于不提交。
    """
    yield from _judged(_filing_deadline(dossier, context), context, overdue=ERROR)


@rule(
    "DDL-02",
    "Change or cancellation not submitted in time",
    level=ERROR,
    cites=("ALG 24",),
    kinds=ALL_KINDS,
    actions={CHANGE, CANCELLATION},
    judged_on=TODAY,
    says=SAYS_DEADLINE,
)
def is_amended_in_time(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A change is submitted within 10 working days of the change, a cancellation within 20 of the termination.

    Why: Article 24 sets the periods, so that the public record stays true.

    Fix: submit the change or cancellation now.

    标题：变更或注销未按期提交

    要求：变更须在变更之日起十个工作日内、注销须在终止服务之日起二十个工作日内提交。

    理由：第二十四条规定了期限，以保持公示信息真实。

    补正：立即提交变更或注销。
    """
    overdue = ERROR if dossier.kind == ALGORITHM else WARNING
    yield from _judged(_amendment_deadline(dossier, context), context, overdue=overdue)


@rule(
    "DDL-03",
    "Terminated service not cancelled",
    level=ERROR,
    cites=("ALG 24", "ALG 33"),
    kinds=ALL_KINDS,
    actions={INITIAL},
    judged_on=TODAY,
    says={
        OVERDUE: (
            "The service ended on {start}; no cancellation was submitted by {deadline}, the {asked}th working day after it.",
            "服务已于 {start} 终止；截至 {deadline}（其后第 {asked} 个工作日）仍未提交注销。",
        )
    },
)
def is_cancelled_after_termination(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The filing of a service that ended is cancelled within 20 working days.

    Why: Article 24 sets the period; after it the authority may cancel the filing itself.

    Fix: submit a cancellation that names this filing's number, or correct the day of termination by a change.

    标题：服务终止后未注销

    要求：终止服务的，须在终止之日起二十个工作日内办理注销备案手续。

    理由：第二十四条规定了期限；逾期主管部门可予以注销。

    补正：提交写明本备案编号的注销申请；终止日期有误的，通过变更更正。
    """
    deadline = _cancellation_deadline(dossier, context)
    overdue = ERROR if dossier.kind == ALGORITHM else WARNING
    yield from _passed(deadline, context, level=overdue)


def _cancellation_deadline(dossier: Dossier, context: Context) -> Deadline | None:
    """The deadline of ALG 24 ¶3 for the filing itself; none while it is not filed, or once a cancellation is submitted."""
    terminated_on = dossier.service.terminated_on
    if context.facts.status != FILED or context.facts.has_cancellation or terminated_on is None:
        return None
    if not context.has_reached(terminated_on):
        return None
    return Deadline(SERVICE / "terminated_on", terminated_on, thresholds.CANCELLATION_DAYS.count_on(context.day), None)


def _passed(deadline: Deadline | None, context: Context, *, level: Level | None = None) -> Iterator[Problem]:
    """Tell a deadline that has passed; none is told in advance."""
    last_day = deadline.last_day(context) if deadline else None
    if deadline and last_day and context.has_reached(last_day + _DAY):
        values = {"deadline": last_day.isoformat(), "start": deadline.start.isoformat(), "asked": deadline.days}
        yield Problem(deadline.at, OVERDUE, values, level=level)


@rule(
    "DDL-04",
    "Authority's own period has passed",
    level=INFO,
    cites=("ALG 25",),
    kinds={ALGORITHM},
    judged_on=TODAY,
    says={
        OVERDUE: (
            "Accepted on {start}; the {asked} working days for a decision ended on {deadline}.",
            "已于 {start} 受理；{asked} 个工作日的决定期限已于 {deadline} 届满。",
        )
    },
)
def is_decided_within_thirty_working_days(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The authority decides within 30 working days of the complete materials.

    Why: Article 25 binds the authority, not the filer.

    Fix: decide the filing, or return it with what is missing.

    标题：主管部门办理期限已届满

    要求：主管部门收到齐全材料后，须在三十个工作日内予以备案或者通知理由。

    理由：第二十五条约束的是主管部门，而非备案主体。

    补正：作出备案决定，或退回并说明所缺材料。
    """
    accepted_on = context.facts.accepted_on
    if accepted_on and context.facts.status in BEING_DECIDED:
        days = thresholds.DECISION_DAYS.count_on(context.day)
        yield from _passed(Deadline(ROOT, accepted_on, days, None), context)


@rule(
    "DDL-07",
    "Returned filing not resubmitted",
    level=WARNING,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds=ALL_KINDS,
    judged_on=TODAY,
    says={
        OVERDUE: (
            "Returned for correction on {start}; the {asked} working days after it ended on {deadline}.",
            "已于 {start} 退回补正；其后 {asked} 个工作日已于 {deadline} 届满。",
        )
    },
)
def is_resubmitted_within_fifteen_working_days(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A filing that was returned for correction is submitted again within 15 working days.

    Why: provinces close what is not corrected in time.

    Fix: correct what the notice names and submit again, or withdraw the filing.

    标题：退回补正后未再次提交

    要求：退回补正的申报须在十五个工作日内补正并再次提交。

    理由：逾期未补正的，属地通常予以终止。

    补正：按补正通知修改后再次提交，或撤回申报。
    """
    yield from _passed(_correction_deadline(context), context)


def _correction_deadline(context: Context) -> Deadline | None:
    """The deadline since the latest return; it ends with the next submission."""
    returned_on = context.facts.returned_on
    if returned_on is None or context.facts.status != RETURNED:
        return None
    return Deadline(ROOT, returned_on, thresholds.CORRECTION_DAYS.count_on(context.day), None)


@rule(
    "DDL-05",
    "Deadline falls in a year without a confirmed holiday notice",
    level=WARNING,
    force=PRACTICE,
    cites=("ALG 24",),
    kinds=ALL_KINDS,
    actions=EVERY_ACTION,
    judged_on=TODAY,
    says={
        "unconfirmed": (
            "The {asked}th working day after {start} cannot be told yet: the holiday notice for that year is not confirmed.",
            "{start} 后第 {asked} 个工作日尚无法确定：该年度放假安排尚未确认。",
        )
    },
)
def has_a_computable_deadline(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A running deadline can be computed from confirmed holiday notices.

    Why: make-up workdays are announced year by year; a guess could be days off.

    Fix: submit early; an administrator enters the notice as soon as it is out.

    标题：期限所在年度的放假安排尚未确认

    要求：正在计算的期限须能依据已确认的放假安排确定。

    理由：调休按年公布，推测可能相差数日。

    补正：尽早提交；放假安排公布后由管理员录入。
    """
    for deadline in _running(dossier, context):
        if deadline and deadline.met_on is None and deadline.last_day(context) is None:
            yield Problem(deadline.at, "unconfirmed", {"start": deadline.start.isoformat(), "asked": deadline.days})


def running_deadlines(dossier: Dossier, facts: Facts, *, today: date) -> list[tuple[Pointer, date]]:
    """
    Return the filer's deadlines that still run or have passed unmet, as the place that starts each and its last day, the
    earliest first. Those of a year whose holiday notice is not confirmed are left out.
    """
    context = Context(facts, Clock(today))
    unmet = [deadline for deadline in _running(dossier, context) if deadline and deadline.met_on is None]
    days = [(deadline.at, deadline.last_day(context)) for deadline in unmet]
    return sorted(((at, day) for at, day in days if day), key=lambda pair: pair[1])


def _running(dossier: Dossier, context: Context) -> Iterator[Deadline | None]:
    """The filer's deadlines; the authority's own is no matter of the filer."""
    if dossier.action in (CHANGE, CANCELLATION):
        yield _amendment_deadline(dossier, context)
    else:
        yield _filing_deadline(dossier, context)
        yield _cancellation_deadline(dossier, context)
    if dossier.action != CANCELLATION:
        yield _correction_deadline(context)


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
    says={
        "before_filing": (
            "The service is offered to the public since {found} and is not filed.",
            "服务自 {found} 起面向公众提供，但尚未备案。",
        )
    },
)
def is_filed_before_it_is_offered(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A public generative service is filed or registered before it is offered.

    Why: the security assessment comes before the public.

    Fix: take the service offline until it is filed, or correct the launch date.

    标题：服务未备案先上线

    要求：面向公众的生成式人工智能服务须先备案或登记，后上线。

    理由：安全评估应在面向公众提供服务之前完成。

    补正：备案完成前下线服务，或更正上线日期。
    """
    launched_on = dossier.service.launched_on
    if not dossier.service.public or launched_on is None or context.facts.status == FILED:
        return
    if launched_on < date.max and context.has_reached(launched_on + _DAY):
        yield Problem(SERVICE / "launched_on", "before_filing", {"found": launched_on.isoformat()})
