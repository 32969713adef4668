"""The verbs of the workflow on the desk: forms that call the same actions as the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.admin.pages import user_of
from compliance.api.problems import refusals_as_problems
from compliance.api.waivers import day_in_or_problem
from compliance.filings import actions, workflow
from compliance.filings.permissions import can_perform
from compliance.language import Bilingual, language_of
from compliance.models import Filing, Flag
from registry.api.problems import Problem
from registry.api.requests import day_in
from registry.models import User

ACTIONS = {
    "accept": actions.accept_filing,
    "return": actions.return_filing,
    "forward": actions.forward_filing,
    "decide": actions.decide_filing,
    "record_decision": actions.record_decision,
    "reject": actions.reject_filing,
    "suspend": actions.suspend_filing,
    "resume": actions.resume_filing,
    "cancel": actions.cancel_filing,
    "revoke": actions.revoke_filing,
}
# What the button says, and what pressing it does.
_SAYS = {
    "accept": (Bilingual("Accept", "受理"), Bilingual("The materials are complete.", "材料齐全，予以受理。")),
    "return": (
        Bilingual("Return for correction", "退回补正"),
        Bilingual("The standing errors go with it as the notice.", "现存错误作为补正通知一并退回。"),
    ),
    "forward": (
        Bilingual("Forward to review", "转送审核"),
        Bilingual("Hand it to the next review.", "转入下一级审核。"),
    ),
    "decide": (
        Bilingual("File", "予以备案"),
        Bilingual("It gets its number, or takes effect on what it amends.", "发放编号，或使变更、注销生效。"),
    ),
    "record_decision": (
        Bilingual("Record a decision", "登记外部决定"),
        Bilingual("The authority decided outside of this registry.", "主管部门已在系统外作出决定。"),
    ),
    "reject": (
        Bilingual("Reject", "不予备案"),
        Bilingual("The reason is told to the applicant.", "理由将告知备案主体。"),
    ),
    "suspend": (
        Bilingual("Suspend", "暂停"),
        Bilingual("The number is suspended for the time being.", "暂停该备案编号。"),
    ),
    "resume": (Bilingual("Resume", "恢复"), Bilingual("The number stands again.", "恢复该备案编号。")),
    "cancel": (
        Bilingual("Cancel", "注销"),
        Bilingual("By the authority, Article 33 ¶2.", "主管部门依第三十三条第二款注销。"),
    ),
    "revoke": (
        Bilingual("Revoke", "撤销"),
        Bilingual("By the authority, Article 33 ¶1.", "主管部门依第三十三条第一款撤销。"),
    ),
}
_GRAVE = frozenset({"reject", "suspend", "cancel", "revoke"})


def offered(filing: Filing, by: User) -> list[dict[str, Any]]:
    """Return the verbs that lead on from where a filing is and that a person may do."""
    language = language_of(get_language())
    rows = workflow.transitions_of(filing.kind, filing.action)
    open_rows = {row.verb: row for row in rows if filing.status in row.sources and row.verb in ACTIONS}
    duties = {duty: can_perform(duty, filing, by) for duty in {row.duty for row in open_rows.values()}}
    return [
        {
            "verb": verb,
            "label": _SAYS[verb][0].in_(language),
            "hint": _SAYS[verb][1].in_(language),
            "needs_reason": open_rows[verb].needs_reason,
            "is_grave": verb in _GRAVE,
            "takes_number": verb == workflow.RECORD_DECISION.verb,
        }
        for verb in ACTIONS
        if verb in open_rows and duties[open_rows[verb].duty]
    ]


WAIVERS = {workflow.WAIVE: actions.waive_flag, workflow.LIFT_WAIVER: actions.lift_waiver}


def can_waive(filing: Filing, by: User) -> bool:
    """Say whether a person may waive flags of this filing."""
    return filing.status not in workflow.ENDED and can_perform(workflow.REVIEWING, filing, by)


def waive(filing: Filing, flag: Flag, verb: str, request: HttpRequest) -> None:
    """Waive a flag as the form says, or lift its waiver; the filing must be as the page showed it."""
    form = request.POST
    told: dict[str, Any] = {
        "reason": form.get("reason", ""),
        "by": user_of(request),
        "expected_version": frozenset({form.get("seen", "")}),
    }
    if verb == workflow.WAIVE:
        told["until"] = day_in_or_problem(form.get("until", ""))
    with refusals_as_problems():
        WAIVERS[verb](filing, flag.identity, **told)


def act(filing: Filing, verb: str, request: HttpRequest) -> None:
    """Call the action of a verb with what the form says; the filing must be as the page showed it."""
    form, seen = request.POST, request.POST.get("seen", "")
    told: dict[str, Any] = {
        "reason": form.get("reason", ""),
        "by": user_of(request),
        "expected_version": frozenset({seen}),
    }
    if verb == workflow.RECORD_DECISION.verb:
        told |= {name: form.get(name, "").strip() for name in ("number", "document")}
        told["day"] = day_in(form.get("day", ""))
        if told["day"] is None:
            raise Problem(400, "bad_day", _("No day"), _("Give the day of the decision as YYYY-MM-DD."))
    with refusals_as_problems():
        ACTIONS[verb](filing, **told)
