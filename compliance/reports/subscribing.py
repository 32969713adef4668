"""Subscriptions: made, changed, paused, sent now, and ended; one function for each verb."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from compliance.checking.case_facts import working_calendar
from compliance.language import Bilingual, Language
from compliance.models import ReportLink, RunState, Sending, SendingState, Subscription
from compliance.reports.catalog import REPORTS, Report
from compliance.reports.periods import Period
from compliance.reports.readers import may_read_of
from compliance.reports.runs import repeat_run, schedule_run
from compliance.reports.schedules import Frequency
from compliance.reports.scopes import APPLICANT, ParameterRefused, checked_parameters
from registry.models import Organization, User

MOST_OF_A_PERSON = 50
MOST_RECIPIENTS = 50
FORMATS_IN_A_MAIL = ("pdf", "xlsx", "csv", "docx", "json", "html")


@dataclass(eq=False)
class SubscriptionRefused(Exception):
    """A subscription cannot be as it was asked for; `at` names the field, `text` says what to enter instead."""

    at: str
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody asks of a subscription. `recipients` are user names or e-mail addresses of people with an account."""

    report: str
    frequency: Frequency
    formats: tuple[str, ...] = ("pdf",)
    parameters: Mapping[str, str] = field(default_factory=dict)
    language: Language = "zh"
    working_day: int = 1
    hour: int = 8
    time_zone: str = "Asia/Shanghai"
    recipients: tuple[str, ...] = ()
    only_if_changed: bool = False


@transaction.atomic
def subscribe(wishes: Wishes, *, by: User, organization: Organization | None = None) -> Subscription:
    """
    Make a subscription, for staff or, with an organization, for its members. The first report is that of the period at hand.

    Raises SubscriptionRefused.
    """
    wishes, recipients = _checked(_completed(wishes, organization), by, organization)
    if Subscription.objects.kept().filter(owner=by).count() >= MOST_OF_A_PERSON:
        text = Bilingual(
            f"You have {MOST_OF_A_PERSON} subscriptions. End one that is not needed any more.",
            f"您已有 {MOST_OF_A_PERSON} 个订阅，请先取消不再需要的订阅。",
        )
        raise SubscriptionRefused("report", text)
    subscription = Subscription(owner=by, organization=organization)
    _write(subscription, wishes)
    subscription.next_begins_at = subscription.schedule.period_around(timezone.now()).begins_at
    subscription.save()
    subscription.recipients.set(recipients)
    return subscription


@transaction.atomic
def change_subscription(subscription: Subscription, wishes: Wishes, *, by: User) -> Subscription:
    """Change a subscription. With another frequency, the next report is that of the period at hand. Raises SubscriptionRefused."""
    subscription = Subscription.objects.select_for_update(of=("self",)).get(pk=subscription.pk)
    organization = subscription.organization
    wishes, recipients = _checked(_completed(wishes, organization), by, organization)
    every = subscription.schedule.every
    _write(subscription, wishes)
    if subscription.schedule.every != every:
        subscription.next_begins_at = subscription.schedule.period_around(timezone.now()).begins_at
    subscription.changed_at = timezone.now()
    subscription.save()
    subscription.recipients.set(recipients)
    return subscription


@transaction.atomic
def pause_subscription(subscription: Subscription) -> None:
    _update(subscription, is_paused=True)


@transaction.atomic
def resume_subscription(subscription: Subscription) -> None:
    """Resume a subscription. What was due during the pause is not sent; what is due later is."""
    next_begins_at = subscription.next_begins_at
    for period in subscription.schedule.due_periods(
        since=next_begins_at, at=timezone.now(), calendar=working_calendar()
    ):
        next_begins_at = period.ends_at
    _update(subscription, is_paused=False, next_begins_at=next_begins_at)


@transaction.atomic
def end_subscription(subscription: Subscription) -> None:
    """End a subscription; what was sent stays listed."""
    _update(subscription, ended_at=timezone.now())


@transaction.atomic
def send_now(subscription: Subscription) -> Sending:
    """
    Send the report of the last ended period now, besides the schedule. One that failed is written again, and sent as it was
    to be.
    """
    period = last_period(subscription)
    run = schedule_run(REPORTS[subscription.report], period, subscription.parameters)
    failed = subscription.sendings.filter(run=run, state=SendingState.FAILED).first()
    repeat_run(run)
    if failed and run.state == RunState.FAILED:
        failed.refresh_from_db()
        return failed
    return Sending.objects.create(
        subscription=subscription, begins_at=period.begins_at, ends_at=period.ends_at, is_extra=True, run=run
    )


def last_period(subscription: Subscription) -> Period:
    return subscription.schedule.period_around(timezone.now()).previous()


def revoke_links(subscription: Subscription) -> int:
    """Let all links of a subscription end now, and return how many there were."""
    now = timezone.now()
    links = ReportLink.objects.filter(sending__subscription=subscription, revoked_at__isnull=True, ends_at__gt=now)
    return links.update(revoked_at=now)


def _update(subscription: Subscription, **columns: Any) -> None:
    Subscription.objects.filter(pk=subscription.pk).update(changed_at=timezone.now(), **columns)
    subscription.refresh_from_db()


def _completed(wishes: Wishes, organization: Organization | None) -> Wishes:
    """Return wishes whose report is about the organization, if there is one."""
    if organization is None:
        return wishes
    return replace(wishes, parameters={**wishes.parameters, APPLICANT: organization.uscc or ""})


def _checked(wishes: Wishes, by: User, organization: Organization | None) -> tuple[Wishes, list[User]]:
    """Return the wishes with their parameters in normal form, and the recipients. Raises SubscriptionRefused."""
    report = REPORTS.get(wishes.report)
    if report is None or not may_read_of(by, report, organization):
        raise SubscriptionRefused(
            "report",
            Bilingual(
                "You cannot subscribe to this report. Choose one of the list.", "您不能订阅该报告，请从列表中选择。"
            ),
        )
    _check_schedule(wishes)
    parameters = _checked_content(report, wishes)
    people = _people(wishes.recipients or (by.username,), report, organization)
    return replace(wishes, parameters=parameters), people


def _check_schedule(wishes: Wishes) -> None:
    if wishes.time_zone not in available_timezones():
        raise SubscriptionRefused(
            "time_zone",
            Bilingual(
                f"“{wishes.time_zone}” is not a time zone. Enter one such as Asia/Shanghai or Europe/Berlin.",
                f"“{wishes.time_zone}”不是有效时区，请填写如 Asia/Shanghai 或者 Europe/Berlin。",
            ),
        )


def _checked_content(report: Report, wishes: Wishes) -> dict[str, str]:
    """Return the parameters in normal form."""
    wrong = [name for name in wishes.formats if name not in report.formats]
    if wrong or not wishes.formats:
        listed = ", ".join(report.formats)
        raise SubscriptionRefused(
            "formats", Bilingual(f"Choose at least one of these formats: {listed}.", f"请至少选择一种格式：{listed}。")
        )
    unknown = wishes.parameters.keys() - {*report.parameters, APPLICANT}
    if unknown:
        name = sorted(unknown)[0]
        raise SubscriptionRefused(
            name, Bilingual("This report does not have this parameter. Leave it out.", "本报告没有该参数，请删除。")
        )
    try:
        return checked_parameters(wishes.parameters, required=report.required)
    except ParameterRefused as error:
        raise SubscriptionRefused(error.name, error.text) from error


def _people(names: Iterable[str], report: Report, organization: Organization | None) -> list[User]:
    """Return the people of user names or e-mail addresses. Raises SubscriptionRefused, which names who cannot be one."""
    found: dict[int, User] = {}
    for name in dict.fromkeys(name.strip() for name in names):
        user = _person(name) if name else None
        if user is None or not may_read_of(user, report, organization):
            raise _not_a_recipient(name)
        if not user.email:
            raise SubscriptionRefused(
                "recipients",
                Bilingual(
                    f"“{name}” has no e-mail address. Add one to the account.",
                    f"“{name}”没有电子邮箱，请先在其账户中补充。",
                ),
            )
        found[user.pk] = user
    if len(found) > MOST_RECIPIENTS:
        text = Bilingual(
            f"At most {MOST_RECIPIENTS} people can receive a report.", f"接收人最多 {MOST_RECIPIENTS} 人。"
        )
        raise SubscriptionRefused("recipients", text)
    return list(found.values())


def _person(name: str) -> User | None:
    people = User.objects.filter(Q(username=name) | Q(email__iexact=name), is_active=True).order_by("pk")
    return next((person for person in people if person.username == name), people.first())


def _not_a_recipient(name: str) -> SubscriptionRefused:
    # The same for an unknown person and for one who may not read it, so that nobody learns who has an account.
    return SubscriptionRefused(
        "recipients",
        Bilingual(
            f"“{name}” cannot receive this report: enter user names or e-mail addresses of people who may read it.",
            f"“{name}”不能接收该报告：请填写有权查看者的用户名或者电子邮箱。",
        ),
    )


def _write(subscription: Subscription, wishes: Wishes) -> None:
    subscription.report, subscription.language = wishes.report, wishes.language
    subscription.parameters = dict(wishes.parameters)
    subscription.formats = [name for name in FORMATS_IN_A_MAIL if name in wishes.formats]
    subscription.frequency, subscription.working_day = wishes.frequency, wishes.working_day
    subscription.hour, subscription.time_zone = wishes.hour, wishes.time_zone
    subscription.only_if_changed = wishes.only_if_changed
