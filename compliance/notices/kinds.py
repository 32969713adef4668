"""What people are told of: each kind of notice with its title, and how it is sent unless its reader chooses otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from compliance.language import Bilingual

IMMEDIATE, DAILY, OFF = "immediate", "daily", "off"
ASSIGNED, MENTIONED, MESSAGE = "assigned", "mentioned", "message"
RECEIVED, RETURNED, ANSWERED, MOVED_ON, DECIDED = "received", "returned", "answered", "moved_on", "decided"
REMINDER = "reminder"
DUE_SOON, OVERDUE, WAIVER_ENDS, BASE_REVOKED = "due_soon", "overdue", "waiver_ends", "base_revoked"


# How many days before a deadline its filers are reminded, unless they choose otherwise.
REMINDER_DAYS = (30, 7, 1, 0)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice: its label in the settings, its title with the values of the notice, and the default delivery."""

    name: str
    label: Bilingual
    title: Bilingual
    default: str = IMMEDIATE


_ALL = (
    Kind(
        ASSIGNED,
        Bilingual("A filing is assigned to me", "申报分配给我"),
        Bilingual("{case} is assigned to you by {actor}", "{actor} 将 {case} 分配给您"),
    ),
    Kind(
        MENTIONED,
        Bilingual("I am mentioned in a comment", "有人在评论中提到我"),
        Bilingual("{actor} mentions you in {case}", "{actor} 在 {case} 中提到您"),
    ),
    Kind(
        MESSAGE,
        Bilingual("A message about a filing", "关于申报的留言"),
        Bilingual("Message from {actor} about {case}", "{actor} 就 {case} 留言"),
    ),
    Kind(
        RECEIVED,
        Bilingual("A filing is received", "收到新申报"),
        Bilingual("{case} is received from {applicant}", "收到{applicant}的申报 {case}"),
        DAILY,
    ),
    Kind(
        RETURNED,
        Bilingual("A filing is returned for correction", "申报被退回补正"),
        Bilingual("{case} is returned for correction", "{case} 已退回补正"),
    ),
    Kind(
        ANSWERED,
        Bilingual("A returned filing is answered", "退回的申报已补正"),
        Bilingual("{case} comes back from {applicant}", "{applicant}已补正并再次提交 {case}"),
    ),
    Kind(
        MOVED_ON,
        Bilingual("A filing is accepted or forwarded", "申报被受理或者转送审核"),
        Bilingual("{case} is now: {status}", "{case} 的状态变为“{status}”"),
    ),
    Kind(
        DECIDED,
        Bilingual("A filing is decided, suspended, revoked or cancelled", "申报办结、暂停、撤销或者注销"),
        Bilingual("{case} is now: {status}", "{case} 的状态变为“{status}”"),
    ),
    Kind(
        DUE_SOON,
        Bilingual("A deadline ends within 3 working days", "期限在三个工作日内届满"),
        Bilingual("{case}: {clock} due on {due_on}", "{case}：{clock}期限为 {due_on}"),
        DAILY,
    ),
    Kind(
        REMINDER,
        Bilingual("A deadline of my organization comes near", "本单位的期限临近"),
        Bilingual("{case}: {clock} due on {due_on}", "{case}：{clock}期限为 {due_on}"),
    ),
    Kind(
        OVERDUE,
        Bilingual("A deadline has passed", "期限已届满"),
        Bilingual("{case}: {clock} was due on {due_on}", "{case}：{clock}期限 {due_on} 已届满"),
        DAILY,
    ),
    Kind(
        WAIVER_ENDS,
        Bilingual("A waiver ends", "豁免即将到期"),
        Bilingual("{case}: the waiver of {rule} ends after {until}", "{case}：{rule} 的豁免于 {until} 到期"),
        DAILY,
    ),
    Kind(
        BASE_REVOKED,
        Bilingual(
            "The filing of a base model is revoked, cancelled or suspended", "基础模型的备案被撤销、注销或者暂停"
        ),
        Bilingual("{case} stands on a model whose filing is not in force", "{case} 所依据的模型备案已失效"),
    ),
)
KINDS = MappingProxyType({kind.name: kind for kind in _ALL})
HOWS = MappingProxyType(
    {
        IMMEDIATE: Bilingual("at once", "立即"),
        DAILY: Bilingual("once a day", "每日汇总"),
        OFF: Bilingual("no mail", "不发邮件"),
    }
)
