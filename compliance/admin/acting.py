"""The workflow forms of the desk. They call the same actions as the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from compliance.admin.pages import user_of
from compliance.api.problems import refusals_as_problems
from compliance.api.waivers import day_in_or_problem
from compliance.filings import actions, workflow
from compliance.language import Bilingual
from compliance.letters import sending
from compliance.models import Filing, Flag
from registry.api.parameters import day_in
from registry.api.problems import Problem

ACTIONS = {
    "accept": actions.accept_filing,
    "return": sending.return_filing,
    "forward": actions.forward_filing,
    "decide": sending.decide_filing,
    "record_decision": actions.record_decision,
    "reject": sending.reject_filing,
    "suspend": actions.suspend_filing,
    "resume": actions.resume_filing,
    "cancel": actions.cancel_filing,
    "revoke": actions.revoke_filing,
}
# The label of each button, and a hint about its effect.
BUTTONS = {
    "accept": (
        Bilingual("Accept", "受理"),
        Bilingual("Confirms that the materials are complete.", "材料齐全，予以受理。"),
    ),
    "return": (
        Bilingual("Return for correction", "退回补正"),
        Bilingual(
            "Sends a notice of what is to be corrected, made from the open flags.",
            "发送补正通知，内容由未解决的标记生成。",
        ),
    ),
    "forward": (
        Bilingual("Forward to review", "转送审核"),
        Bilingual("Forwards the filing to the next level of review.", "转入下一级审核。"),
    ),
    "decide": (
        Bilingual("File", "予以备案"),
        Bilingual(
            "Issues the number, or puts the change or cancellation into effect.", "发放编号，或使变更、注销生效。"
        ),
    ),
    "record_decision": (
        Bilingual("Record a decision", "登记外部决定"),
        Bilingual("The authority decided outside this registry.", "主管部门已在系统外作出决定。"),
    ),
    "reject": (
        Bilingual("Reject", "不予备案"),
        Bilingual("The applicant can read the reason.", "备案主体可查看理由。"),
    ),
    "suspend": (
        Bilingual("Suspend", "暂停"),
        Bilingual("Suspends the number temporarily.", "暂停该备案编号。"),
    ),
    "resume": (
        Bilingual("Resume", "恢复"),
        Bilingual("Puts the number back in force.", "恢复该备案编号。"),
    ),
    "cancel": (
        Bilingual("Cancel", "注销"),
        Bilingual("Cancellation by the authority under Article 33 ¶2.", "主管部门依第三十三条第二款注销。"),
    ),
    "revoke": (
        Bilingual("Revoke", "撤销"),
        Bilingual("Revocation by the authority under Article 33 ¶1.", "主管部门依第三十三条第一款撤销。"),
    ),
}
GRAVE = frozenset({"reject", "suspend", "cancel", "revoke"})


WAIVERS = {workflow.WAIVE: actions.waive_flag, workflow.LIFT_WAIVER: actions.lift_waiver}


def waive(filing: Filing, flag: Flag, verb: str, request: HttpRequest) -> None:
    """Waive a flag, or lift its waiver. Refused if the filing has changed since the page was rendered."""
    arguments = _arguments(request)
    if verb == workflow.WAIVE:
        arguments["until"] = day_in_or_problem(request.POST.get("until", ""))
    with refusals_as_problems():
        WAIVERS[verb](filing, flag.identity, **arguments)


def act(filing: Filing, verb: str, request: HttpRequest) -> None:
    """Perform an action with the submitted form. Refused if the filing has changed since the page was rendered."""
    form, arguments = request.POST, _arguments(request)
    if verb == workflow.RECORD_DECISION.verb:
        arguments |= {name: form.get(name, "").strip() for name in ("number", "document")}
        arguments["day"] = day_in(form.get("day", ""))
        if arguments["day"] is None:
            message = _("Enter the date of the decision in the format YYYY-MM-DD.")
            raise Problem(400, "bad_day", _("Invalid date"), message)
    with refusals_as_problems():
        ACTIONS[verb](filing, **arguments)


def _arguments(request: HttpRequest) -> dict[str, Any]:
    """Return the arguments that all actions take, read from the form."""
    return {
        "reason": request.POST.get("reason", ""),
        "by": user_of(request),
        "expected_version": frozenset({request.POST.get("expected_version", "")}),
    }
