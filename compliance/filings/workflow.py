"""The workflow of filings as a table: the transition of each verb, and the duty that it requires. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from compliance.language import Bilingual

DRAFT, SUBMITTED, ACCEPTED, RETURNED = "draft", "submitted", "accepted", "returned"
PROVINCIAL_REVIEW, NATIONAL_REVIEW = "provincial_review", "national_review"
FILED, REJECTED, WITHDRAWN = "filed", "rejected", "withdrawn"
SUSPENDED, REVOKED, CANCELLED = "suspended", "revoked", "cancelled"

STATUSES = MappingProxyType(
    {
        DRAFT: Bilingual("draft", "草稿"),
        SUBMITTED: Bilingual("submitted", "已提交"),
        ACCEPTED: Bilingual("accepted", "已受理"),
        PROVINCIAL_REVIEW: Bilingual("provincial review", "属地审核中"),
        NATIONAL_REVIEW: Bilingual("national review", "国家审核中"),
        RETURNED: Bilingual("returned", "退回补正"),
        FILED: Bilingual("filed", "已备案"),
        REJECTED: Bilingual("rejected", "不予备案"),
        WITHDRAWN: Bilingual("withdrawn", "已撤回"),
        SUSPENDED: Bilingual("suspended", "已暂停"),
        REVOKED: Bilingual("revoked", "已撤销"),
        CANCELLED: Bilingual("cancelled", "已注销"),
    }
)
# Ended filings are not checked any more.
ENDED = frozenset({WITHDRAWN, REJECTED, REVOKED, CANCELLED})
# In these statuses, the reference can be used for another filing.
REFERENCE_IS_FREE = frozenset({WITHDRAWN, REJECTED})
# In these statuses, an amendment is finished, and another one may be opened for the same filing.
AMENDMENT_IS_OVER = ENDED | {FILED}
EDITABLE = frozenset({DRAFT, RETURNED})
UNDER_WAY = frozenset({SUBMITTED, ACCEPTED, PROVINCIAL_REVIEW, NATIONAL_REVIEW})
IN_FORCE = frozenset({FILED, SUSPENDED})
# Submitted, and not decided yet.
UNDECIDED = UNDER_WAY | {RETURNED}

# Duties: FILING is for filers, REVIEWING for reviewers and registrars, DECIDING for registrars, RECORDING for filers and
# registrars.
FILING, REVIEWING, DECIDING, RECORDING = "filing", "reviewing", "deciding", "recording"


@dataclass(frozen=True, slots=True)
class Transition:
    """
    A row of the table: a verb, the statuses in which it is possible, the new status, the duty that it requires, and whether
    it requires a reason.
    """

    verb: str
    sources: frozenset[str]
    target: str
    duty: str = DECIDING
    needs_reason: bool = False


SUBMIT = Transition("submit", EDITABLE, SUBMITTED, FILING)
WITHDRAW = Transition("withdraw", EDITABLE | {SUBMITTED}, WITHDRAWN, FILING)
RETURN = Transition("return", UNDER_WAY, RETURNED, REVIEWING)
ACCEPT = Transition("accept", frozenset({SUBMITTED}), ACCEPTED, REVIEWING)
FORWARD = Transition("forward", frozenset({ACCEPTED}), PROVINCIAL_REVIEW, REVIEWING)
FORWARD_TO_NATION = Transition("forward", frozenset({PROVINCIAL_REVIEW}), NATIONAL_REVIEW, REVIEWING)
DECIDE = Transition("decide", frozenset({NATIONAL_REVIEW}), FILED)
DECIDE_IN_PROVINCE = Transition("decide", frozenset({PROVINCIAL_REVIEW}), FILED)
RECORD_DECISION = Transition("record_decision", UNDER_WAY, FILED, RECORDING)
REJECT = Transition("reject", frozenset({PROVINCIAL_REVIEW, NATIONAL_REVIEW}), REJECTED, needs_reason=True)
CANCEL = Transition("cancel", IN_FORCE, CANCELLED, needs_reason=True)
REVOKE = Transition("revoke", IN_FORCE, REVOKED, needs_reason=True)
SUSPEND = Transition("suspend", frozenset({FILED}), SUSPENDED, needs_reason=True)
RESUME = Transition("resume", frozenset({SUSPENDED}), FILED)

EVERY_KIND = (
    SUBMIT,
    WITHDRAW,
    RETURN,
    ACCEPT,
    FORWARD,
    RECORD_DECISION,
    REJECT,
    CANCEL,
    REVOKE,
    SUSPEND,
    RESUME,
)
# Registrations are decided by the province. Algorithm and generative filings go on to the national authority.
OF_KIND = MappingProxyType(
    {
        "algorithm": (*EVERY_KIND, FORWARD_TO_NATION, DECIDE),
        "generative": (*EVERY_KIND, FORWARD_TO_NATION, DECIDE),
        "registration": (*EVERY_KIND, DECIDE_IN_PROVINCE),
    }
)
# Only initial filings have numbers that can be cancelled, revoked or suspended. Amendments are finished once filed.
ONLY_IN_FORCE = frozenset({CANCEL.verb, REVOKE.verb, SUSPEND.verb, RESUME.verb})


def transitions_of(kind: str, action: str) -> tuple[Transition, ...]:
    """Return the rows of the table for a kind of filing and an action."""
    rows = OF_KIND[kind]
    return rows if action == "initial" else tuple(row for row in rows if row.verb not in ONLY_IN_FORCE)


def transition(verb: str, *, kind: str, action: str, status: str) -> Transition | None:
    """Return the transition of a verb from a status, or None."""
    rows = transitions_of(kind, action)
    return next((row for row in rows if row.verb == verb and status in row.sources), None)


# Events that are not transitions.
OPEN, EDIT, UPLOAD, AMENDED = "open", "edit", "upload", "amended"
FILE_EVIDENCE = "file_evidence"
WAIVE, LIFT_WAIVER, WAIVER_LAPSED = "waive", "lift_waiver", "waiver_lapsed"
VERBS = MappingProxyType(
    {
        OPEN: Bilingual("opened", "新建"),
        EDIT: Bilingual("edited", "修改"),
        UPLOAD: Bilingual("document uploaded", "上传材料"),
        FILE_EVIDENCE: Bilingual("evidence filed", "提交模型证据"),
        SUBMIT.verb: Bilingual("submitted", "提交"),
        RETURN.verb: Bilingual("returned for correction", "退回补正"),
        ACCEPT.verb: Bilingual("accepted", "受理"),
        FORWARD.verb: Bilingual("forwarded", "转送审核"),
        DECIDE.verb: Bilingual("decided", "作出备案决定"),
        RECORD_DECISION.verb: Bilingual("decision recorded", "登记外部备案决定"),
        REJECT.verb: Bilingual("rejected", "不予备案"),
        WITHDRAW.verb: Bilingual("withdrawn", "撤回"),
        CANCEL.verb: Bilingual("cancelled", "注销"),
        REVOKE.verb: Bilingual("revoked", "撤销"),
        SUSPEND.verb: Bilingual("suspended", "暂停"),
        RESUME.verb: Bilingual("resumed", "恢复"),
        AMENDED: Bilingual("amended", "变更"),
        WAIVE: Bilingual("flag waived", "豁免标记"),
        LIFT_WAIVER: Bilingual("waiver lifted", "取消豁免"),
        WAIVER_LAPSED: Bilingual("waiver expired because the flagged content changed", "所涉内容已变更，豁免失效"),
    }
)
