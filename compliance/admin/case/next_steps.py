"""The next steps of a case: what can be done now, first what should be, and why the rest cannot."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.admin.acting import BUTTONS, GRAVE
from compliance.admin.case.letters import LETTERS
from compliance.api.refusal_texts import NOT_PERMITTED
from compliance.documents.counting import number_being_read
from compliance.filings import workflow
from compliance.filings.deciding import can_take_effect
from compliance.filings.permissions import Permissions
from compliance.language import Language
from compliance.models import Filing
from registry.models import User


@dataclass(frozen=True, slots=True)
class Step:
    """
    A step of the workflow from the status of a filing. `reason_closed` says why it cannot be taken now; empty if it can.
    `is_main` marks the one that should be taken.
    """

    verb: str
    label: str
    hint: str
    reason_closed: str
    needs_reason: bool
    is_grave: bool
    is_main: bool = False

    @property
    def takes_number(self) -> bool:
        return self.verb == workflow.RECORD_DECISION.verb

    @property
    def is_letter(self) -> bool:
        """Whether the step is taken on a page of its own, where the letter to the applicant is composed."""
        return self.verb in LETTERS


# What should be done, if it can: in this order.
_MAIN = (workflow.ACCEPT.verb, workflow.FORWARD.verb, workflow.DECIDE.verb, workflow.RETURN.verb, workflow.RESUME.verb)


def next_steps(filing: Filing, permissions: Permissions, by: User, language: Language) -> list[Step]:
    """Return the steps of the status: the main one, the other open ones, the closed ones, each in the usual order."""
    rows = {
        row.verb: row
        for row in workflow.transitions_of(filing.kind, filing.action)
        if filing.status in row.sources and row.verb in BUTTONS
    }
    refusals = {duty: permissions.why_not(duty, by) for duty in {row.duty for row in rows.values()}}
    reading = number_being_read(filing) if filing.status in workflow.UNDER_WAY else 0
    found = [_step(row, filing, refusals[row.duty], reading, language) for verb in BUTTONS if (row := rows.get(verb))]
    main = next((verb for verb in _MAIN for step in found if step.verb == verb and not step.reason_closed), "")
    marked = [_marked(step, is_main=step.verb == main) for step in found]
    return sorted(marked, key=lambda step: (not step.is_main, bool(step.reason_closed), step.is_grave))


def _marked(step: Step, *, is_main: bool) -> Step:
    return Step(step.verb, step.label, step.hint, step.reason_closed, step.needs_reason, step.is_grave, is_main=is_main)


def _step(row: workflow.Transition, filing: Filing, refusal: str | None, reading: int, language: Language) -> Step:
    label, hint = BUTTONS[row.verb]
    closed = (
        str(NOT_PERMITTED[refusal]) if refusal in NOT_PERMITTED else _("Only filers may do this") if refusal else ""
    )
    return Step(
        row.verb,
        label.in_(language),
        hint.in_(language),
        closed or _blocked(row.verb, filing, reading),
        row.needs_reason,
        row.verb in GRAVE,
    )


def _blocked(verb: str, filing: Filing, reading: int) -> str:
    """Return why a permitted step is not open yet."""
    if verb in (workflow.ACCEPT.verb, workflow.RETURN.verb) and reading:
        text = ngettext("%(n)s document is still being read.", "%(n)s documents are still being read.", reading)
        return text % {"n": reading}
    if verb == workflow.ACCEPT.verb and filing.error_count:
        text = ngettext(
            "%(n)s error is open. Return the filing for correction, or waive the error with a reason.",
            "%(n)s errors are open. Return the filing for correction, or waive the errors with a reason.",
            filing.error_count,
        )
        return text % {"n": filing.error_count}
    if verb == workflow.DECIDE.verb and filing.is_amendment and not can_take_effect(filing):
        return _("What this filing amends is not in force.")
    return ""
