"""Refusals of the compliance app as problem details."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.api.refusal_texts import (
    ASSIGNMENTS,
    COMMENTS,
    DOCUMENTS,
    NOT_ISSUED,
    NOT_PERMITTED,
    NOT_PERMITTED_TO_OTHERS,
    NUMBERS,
    WAIVERS,
)
from compliance.casework.refusals import AssignmentRefused, CommentRefused
from compliance.dossier.faults import Malformed
from compliance.dossier.parsing import Parsed, parse
from compliance.filings import refusals
from compliance.filings.workflow import STATUSES
from compliance.language import Language, language_of
from compliance.letters.refusals import FlagsChanged
from compliance.rules.wording import describe
from registry.api.etags import quoted
from registry.api.problems import Problem


def reader_language() -> Language:
    return language_of(get_language())


def parsed_or_problem(body: bytes) -> Parsed:
    """Parse a dossier. Raises a Problem (400) that lists up to 1,000 errors if it is malformed."""
    try:
        return parse(body)
    except Malformed as error:
        raise malformed(error) from error


def malformed(error: Malformed) -> Problem:
    language = reader_language()
    return Problem(
        400,
        "malformed_dossier",
        _("Malformed dossier"),
        _(
            "Nothing was stored. Number of errors: %(count)s. Correct the places listed under `errors` "
            "and send the whole dossier again."
        )
        % {"count": error.total},
        errors=[
            {"pointer": str(fault.at), "code": fault.code, "message": fault.message(language)} for fault in error.faults
        ],
    )


@contextmanager
def refusals_as_problems() -> Iterator[None]:
    """Convert a refused action into problem details."""
    try:
        yield
    except refusals.Refused as error:
        raise problem_of(error) from error


def problem_of(refused: refusals.Refused) -> Problem:
    """Return the problem details of a refusal, in the language of the request."""
    return _AS_PROBLEMS[type(refused)](refused)


def _not_a_filer() -> Problem:
    return Problem(
        403,
        "not_a_filer",
        _("Only filers may do this"),
        _(
            "You can see this filing, but you cannot act on it. Ask an administrator to add you as a "
            "filer of the applicant."
        ),
    )


def _no_membership(error: refusals.NoMembership) -> Problem:
    message = _(
        "You are not a filer of an organization with the USCC %(uscc)s. Ask an administrator of this "
        "registry to add you as its filer. An agent needs a mandate from the organization."
    ) % {"uscc": error.uscc}
    return Problem.at("/applicant/uscc", 403, "no_standing", _("You are not a filer of this applicant"), message)


def _transition(error: refusals.TransitionRefused) -> Problem:
    status = STATUSES[error.status].in_(reader_language())
    return Problem(
        409,
        "transition_refused",
        _("Not possible in this status"),
        _("This action is not possible while the filing has the status “%(status)s”. Nothing was changed.")
        % {"status": status},
        more={"filing_status": error.status},
    )


def _reference_taken(error: refusals.ReferenceTaken) -> Problem:
    message = _(
        "Another filing of this applicant already has the reference “%(reference)s”, with a "
        "different dossier. Choose another reference, or edit that filing."
    ) % {"reference": error.reference[:100]}
    return Problem.at("/reference", 409, "reference_taken", _("Reference already in use"), message)


def changed_meanwhile(content: str, sha256: str) -> Problem:
    """Return a 412 with the current dossier, so that the client can compare and send its version again."""
    return Problem(
        412,
        "changed_meanwhile",
        _("Changed by someone else"),
        _(
            "The dossier changed after you read it. Compare your version with `current`, then send it "
            "again with the ETag of `current`."
        ),
        # Decimals are sent as strings: they mean the same in a dossier, and no digit is lost.
        more={"current": {"etag": quoted(sha256), "dossier": json.loads(content, parse_float=str)}},
        headers={"ETag": quoted(sha256)},
    )


def precondition_required(sha256: str) -> Problem:
    return Problem(
        428,
        "precondition_required",
        _("If-Match header required"),
        _(
            "Send the If-Match header with the ETag that GET returned, so that you do not overwrite a "
            "change you have not seen."
        ),
        headers={"ETag": quoted(sha256)},
    )


def _applicant_is_fixed() -> Problem:
    message = _("The applicant of a filing cannot be changed. Open a separate filing for the other applicant.")
    return Problem.at("/applicant/uscc", 409, "applicant_is_fixed", _("Applicant cannot be changed"), message)


def _not_permitted(error: refusals.NotPermitted) -> Problem:
    return Problem(403, error.code, _("Not allowed"), str(NOT_PERMITTED[error.code]))


def _errors_open(error: refusals.ErrorsOpen) -> Problem:
    findings = [describe(finding, reader_language()) for finding in error.findings]
    return Problem(
        409,
        "errors_stand",
        _("The filing has open errors"),
        _("The filing is incomplete. Open errors: %(count)s. Return it for correction.") % {"count": len(findings)},
        errors=[
            {"pointer": finding["at"], "code": finding["rule"], "message": finding["message"]} for finding in findings
        ],
    )


def _reason_missing() -> Problem:
    message = _("This action requires a reason. Enter it in the field `reason`.")
    return Problem.at("/reason", 400, "reason_missing", _("Missing reason"), message)


def _amendment_open(error: refusals.AmendmentOpen) -> Problem:
    message = _(
        "The filing with the number %(number)s already has an open amendment, %(case)s. Complete or "
        "withdraw it before you open another one."
    ) % {"case": error.case, "number": error.number}
    return Problem.at("/amends", 409, "amendment_open", _("Another amendment is open"), message)


def _target_not_in_force(error: refusals.TargetNotInForce) -> Problem:
    message = _(
        "The filing with the number “%(number)s” cannot be amended: it is not in this registry, or "
        "it is neither filed nor suspended. Check the number."
    ) % {"number": error.number}
    return Problem.at("/amends", 409, "target_not_standing", _("Filing cannot be amended"), message)


def _number_refused(error: refusals.NumberRefused) -> Problem:
    status = 409 if error.code in ("number_taken", "number_of_another", "number_not_standing") else 400
    return Problem.at(error.at, status, error.code, _("Number refused"), str(NUMBERS[error.code]) % error.values)


def _still_being_read(error: refusals.StillBeingRead) -> Problem:
    message = _("Documents of this filing that are still being processed: %(count)s. Try again in a minute.") % {
        "count": error.count
    }
    return Problem(409, "still_being_read", _("Documents are still being processed"), message)


def _not_checked() -> Problem:
    message = _("The filing cannot be checked at the moment, so its open errors are unknown. Contact an administrator.")
    return Problem(409, "not_checked", _("Not checked"), message)


def _waiver_refused(error: refusals.WaiverRefused) -> Problem:
    status = 400 if error.code == "day_past" else 409
    return Problem.at(error.at, status, error.code, _("Waiver refused"), str(WAIVERS[error.code]) % error.values)


def _number_not_issued(error: refusals.NumberNotIssued) -> Problem:
    return Problem(409, error.code, _("No number can be issued"), str(NOT_ISSUED[error.code]))


def no_such_model(key: str, keys: list[str]) -> Problem:
    """Return a 404 for an unknown model key, listing the known keys."""
    message = _("The dossier has no model with the key “%(key)s”. Use one of its keys: %(keys)s.")
    return Problem(
        404, "no_such_model", _("Model not found"), message % {"key": key[:200], "keys": ", ".join(keys)[:500] or "–"}
    )


def document_refused(error: refusals.DocumentRefused) -> Problem:
    """Return the problem details of a refused document."""
    status, text = DOCUMENTS[error.code]
    return Problem(status, error.code, _("Document refused"), str(text) % error.values)


def _flags_changed() -> Problem:
    message = _(
        "The flags of this filing changed while you wrote. Look at the points below, which are those of now; what you wrote "
        "about points that are gone is among your own points."
    )
    return Problem(409, "flags_changed", _("Not sent"), message)


def _assignment_refused(error: AssignmentRefused) -> Problem:
    values = dict(error.values)
    if "reason" in values:
        values["reason"] = NOT_PERMITTED_TO_OTHERS[str(values["reason"])]
    return Problem(409, error.code, _("Not assigned"), ASSIGNMENTS[error.code] % values)


def _comment_refused(error: CommentRefused) -> Problem:
    status = 409 if error.code == "not_submitted" else 400
    return Problem.at("/text", status, f"comment_{error.code}", _("Not written"), str(COMMENTS[error.code]))


_AS_PROBLEMS: dict[type[refusals.Refused], Callable[[Any], Problem]] = {
    refusals.NoMembership: _no_membership,
    refusals.NotAFiler: lambda error: _not_a_filer(),
    refusals.NotPermitted: _not_permitted,
    refusals.TransitionRefused: _transition,
    refusals.ReferenceTaken: _reference_taken,
    refusals.ChangedMeanwhile: lambda error: changed_meanwhile(error.current.content, error.current.sha256),
    refusals.ApplicantIsFixed: lambda error: _applicant_is_fixed(),
    refusals.ErrorsOpen: _errors_open,
    refusals.ReasonMissing: lambda error: _reason_missing(),
    refusals.AmendmentOpen: _amendment_open,
    refusals.TargetNotInForce: _target_not_in_force,
    refusals.NumberRefused: _number_refused,
    refusals.NumberNotIssued: _number_not_issued,
    refusals.DocumentRefused: document_refused,
    refusals.NoSuchModel: lambda error: no_such_model(error.key, error.keys),
    refusals.WaiverRefused: _waiver_refused,
    refusals.StillBeingRead: lambda error: _still_being_read(error),
    refusals.NotChecked: lambda error: _not_checked(),
    FlagsChanged: lambda error: _flags_changed(),
    AssignmentRefused: lambda error: _assignment_refused(error),
    CommentRefused: lambda error: _comment_refused(error),
}
