"""The workflow over the API: one endpoint for each action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api import problems
from compliance.api.filings import body_of, filing_answer, find_filing
from compliance.api.requests import parse_reason, parse_texts
from compliance.api.serializers import (
    DecisionSerializer,
    FilingSerializer,
    ReasonSerializer,
    RequiredReasonSerializer,
)
from compliance.filings import actions, workflow
from compliance.letters import sending
from registry.api.endpoint import FILE, REGISTER, REVIEW, Endpoint, operation
from registry.api.etags import IF_MATCH, expected_version
from registry.api.parameters import day_in
from registry.api.problems import Problem
from registry.api.requests import user_of

ANSWER = {200: FilingSerializer}
# The scope that a token needs for a duty of the workflow.
SCOPES = {workflow.FILING: FILE, workflow.REVIEWING: REVIEW, workflow.DECIDING: REGISTER}


class SubmitView(Endpoint):
    """Submitting a filing."""

    @operation("filings_submit", "Workflow", ANSWER, headers=[IF_MATCH], refuses=(409, 412), scope=FILE)
    def post(self, request: Request, id: UUID) -> Response:
        """Submit the working copy to the authority. It becomes the next revision, which cannot be changed."""
        filing = find_filing(request, id)
        with problems.refusals_as_problems():
            actions.submit_filing(filing, by=user_of(request), expected_version=expected_version(request.headers))
        return filing_answer(request, id)


def verb_view(name: str, action: Callable[..., Any], summary: str) -> type[Endpoint]:
    """Return the view of an action that takes a filing and a reason."""
    row = next(row for row in workflow.transitions_of("generative", "initial") if row.verb == name)

    class VerbView(Endpoint):
        @operation(
            f"filings_{name}",
            "Workflow",
            ANSWER,
            summary=summary,
            body=RequiredReasonSerializer if row.needs_reason else ReasonSerializer,
            headers=[IF_MATCH],
            refuses=(409, 412),
            scope=SCOPES[row.duty],
        )
        def post(self, request: Request, id: UUID) -> Response:
            filing = find_filing(request, id)
            reason = parse_reason(body_of(request))
            with problems.refusals_as_problems():
                action(filing, by=user_of(request), reason=reason, expected_version=expected_version(request.headers))
            return filing_answer(request, id)

    VerbView.__doc__ = summary
    VerbView.__name__ = VerbView.__qualname__ = f"{name.title()}View"
    return VerbView


VERB_VIEWS = {
    name: verb_view(name, action, summary)
    for name, action, summary in (
        ("withdraw", actions.withdraw_filing, "Withdraw a filing. Its reference can be used again."),
        (
            "return",
            sending.return_filing,
            "Return a filing for correction. The open errors are included as the notice.",
        ),
        ("accept", actions.accept_filing, "Accept a filing as complete. It must have no open errors."),
        (
            "forward",
            actions.forward_filing,
            "Forward an accepted filing to the provincial review, then to the national review.",
        ),
        (
            "decide",
            sending.decide_filing,
            "Decide to file a filing: its number is issued, or the change or cancellation takes effect.",
        ),
        ("reject", sending.reject_filing, "Reject a filing. A reason is required."),
        ("cancel", actions.cancel_filing, "Cancel a filing on the initiative of the authority (ALG 33)."),
        ("revoke", actions.revoke_filing, "Revoke a filing obtained by concealment or false materials (ALG 33)."),
        ("suspend", actions.suspend_filing, "Suspend a filing temporarily."),
        ("resume", actions.resume_filing, "Put a suspended filing back in force."),
    )
}


class RecordDecisionView(Endpoint):
    """Recording a decision that the authority made outside this registry."""

    @operation(
        "filings_record_decision",
        "Workflow",
        ANSWER,
        body=DecisionSerializer,
        headers=[IF_MATCH],
        refuses=(409, 412),
        scope=FILE,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Record the official number, the date of the decision, and the SHA-256 of the document that proves it."""
        filing = find_filing(request, id)
        body = parse_texts(body_of(request), "number", "day", "document", "reason")
        day = day_in(body["day"])
        if day is None:
            message = _("Enter the date of the decision in the format YYYY-MM-DD.")
            raise Problem.at("/day", 400, "bad_day", _("Invalid date"), message)
        with problems.refusals_as_problems():
            actions.record_decision(
                filing, **{**body, "day": day}, by=user_of(request), expected_version=expected_version(request.headers)
            )
        return filing_answer(request, id)
