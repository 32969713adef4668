"""The refusals of the compliance half as problems of the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from compliance.api.etags import quoted
from compliance.dossier.faults import Malformed
from compliance.dossier.parsing import Parsed, parse
from compliance.filings import refusals
from compliance.filings.workflow import STATUSES
from compliance.language import Language, language_of
from compliance.rules.wording import describe
from registry.api.problems import Problem


def reader_language() -> Language:
    return language_of(get_language())


def parsed_or_problem(body: bytes) -> Parsed:
    """Parse a dossier; a malformed one is a 400 with every fault (the first thousand)."""
    try:
        return parse(body)
    except Malformed as error:
        raise malformed(error) from error


def malformed(error: Malformed) -> Problem:
    language = reader_language()
    return Problem(
        400,
        "malformed_dossier",
        _("This is no dossier"),
        _("Nothing was stored. Faults: %(count)s. Mend what the errors point at and send the whole document again.")
        % {"count": error.total},
        errors=[
            {"pointer": str(fault.at), "code": fault.code, "message": fault.message(language)} for fault in error.faults
        ],
    )


@contextmanager
def refusals_as_problems() -> Iterator[None]:
    """Turn a refused action into its problem."""
    try:
        yield
    except refusals.Refused as error:
        raise problem_of(error) from error


def problem_of(refused: refusals.Refused) -> Problem:
    """Put a refusal into words, in the reader's language."""
    return _AS_PROBLEMS[type(refused)](refused)


def _not_a_filer() -> Problem:
    return Problem(
        403,
        "not_a_filer",
        _("Only filers may do this"),
        _("You may see this filing, but not act on it. Ask an administrator to make you a filer of the applicant."),
    )


def _no_membership(error: refusals.NoMembership) -> Problem:
    message = _(
        "You do not file for an organization with the USCC %(uscc)s. Ask an administrator of this registry to enter "
        "you as its filer; agents need a mandate from it."
    ) % {"uscc": error.uscc}
    return Problem.at("/applicant/uscc", 403, "no_standing", _("You do not file for this applicant"), message)


def _transition(error: refusals.TransitionRefused) -> Problem:
    status = STATUSES[error.status].in_(reader_language())
    return Problem(
        409,
        "transition_refused",
        _("Not possible in this status"),
        _("The filing is in the status “%(status)s”, from which this is not possible. Nothing was changed.")
        % {"status": status},
        more={"filing_status": error.status},
    )


def _reference_taken(error: refusals.ReferenceTaken) -> Problem:
    message = _(
        "Another filing of this applicant has the reference “%(reference)s” and another dossier. "
        "Choose another reference, or edit that filing."
    ) % {"reference": error.reference[:100]}
    return Problem.at("/reference", 409, "reference_taken", _("Reference in use"), message)


def changed_meanwhile(content: str, sha256: str) -> Problem:
    """A 412 with what is there, so that the editor can compare and send again."""
    return Problem(
        412,
        "changed_meanwhile",
        _("Changed by somebody else"),
        _("The dossier is not the one that you have seen. Compare with `current`, then send yours with its ETag."),
        # A decimal as a text is the same to a dossier, and loses no digit on its way.
        more={"current": {"etag": quoted(sha256), "dossier": json.loads(content, parse_float=str)}},
        headers={"ETag": quoted(sha256)},
    )


def precondition_required(sha256: str) -> Problem:
    return Problem(
        428,
        "precondition_required",
        _("Say which version you have seen"),
        _("Send the header If-Match with the ETag that GET gave you, so that nobody's change is overwritten unseen."),
        headers={"ETag": quoted(sha256)},
    )


def _applicant_is_fixed() -> Problem:
    message = _("A filing stays with its applicant. Open another filing for another applicant.")
    return Problem.at("/applicant/uscc", 409, "applicant_is_fixed", _("Another applicant"), message)


_NOT_PERMITTED = {
    "not_a_reviewer": gettext_lazy("Only reviewers and registrars may do this."),
    "not_a_registrar": gettext_lazy("Only registrars may do this."),
    "not_your_province": gettext_lazy("The filing belongs to a province that you do not review."),
    "own_filing": gettext_lazy("You stand for the applicant; somebody else must review and decide its filings."),
    "prepared_by_you": gettext_lazy("You prepared this filing; somebody else must review and decide it."),
    "reviewed_by_you": gettext_lazy("You reviewed this filing; another registrar must decide it."),
}
_NUMBERS = {
    "number_malformed": gettext_lazy(
        "“%(number)s” has not the form of a number of this kind of filing. Copy it from the published list or the notice."
    ),
    "number_taken": gettext_lazy("Another filing holds the number %(number)s. Check the number, or find that filing."),
    "number_not_standing": gettext_lazy(
        "By the published list the number %(number)s was cancelled, revoked or suspended. Ask a registrar."
    ),
    "not_the_targets_number": gettext_lazy(
        "%(number)s is not the number that this filing amends; a change or cancellation has no number of its own."
    ),
    "number_of_another": gettext_lazy(
        "The published list gives the number %(number)s to %(holder)s. Check the number; if the holder was renamed, "
        "ask a registrar."
    ),
    "day_to_come": gettext_lazy("%(day)s is still to come. Give the day on which the authority decided."),
    "document_not_held": gettext_lazy(
        "The filing holds no document with the SHA-256 %(document)s. Upload the document first."
    ),
}
_DOCUMENTS = {
    "empty": (400, gettext_lazy("The file is empty. Choose the document and send it again.")),
    "unknown_type": (
        415,
        gettext_lazy("“%(filename)s” is no document by its content. Send PDF, DOCX, DOC, XLSX, CSV, TXT, PNG or JPEG."),
    ),
    "too_large": (413, gettext_lazy("The file has more than %(limit)s bytes, the most for this kind of document.")),
    "bad_filename": (400, gettext_lazy("The file name cannot be kept. Rename the file and send it again.")),
    "no_such_entry": (400, gettext_lazy("The dossier lists %(count)s documents; there is no entry %(entry)s.")),
    "entry_names_another": (
        409,
        gettext_lazy(
            "Entry %(entry)s names the SHA-256 %(named)s; this file has %(found)s. Send that file, or correct the entry."
        ),
    ),
    "not_named": (
        409,
        gettext_lazy(
            "The submitted revision names no document with the SHA-256 %(found)s. Send the file that it names; another "
            "one can be listed after a return."
        ),
    ),
    "too_many": (409, gettext_lazy("A filing holds at most %(limit)s documents.")),
}
_WAIVERS = {
    "no_such_flag": gettext_lazy(
        "No flag of %(rule)s stands at “%(place)s” in this variant. Take rule, place and variant from the list of flags."
    ),
    "not_waived": gettext_lazy("The flag of %(rule)s at “%(place)s” is not waived; it counts already."),
    "day_past": gettext_lazy("%(day)s is past. Give a day from today on."),
}
_NOT_ISSUED = {
    "no_algorithm_type": gettext_lazy("The dossier gives no algorithm type, which is part of the number."),
    "no_province": gettext_lazy("The dossier gives no province whose name begins the number."),
    "series_exhausted": gettext_lazy("The series has no number left. Record a number that the authority issued."),
}


def _not_permitted(error: refusals.NotPermitted) -> Problem:
    return Problem(403, error.code, _("Not allowed"), str(_NOT_PERMITTED[error.code]))


def _errors_open(error: refusals.ErrorsOpen) -> Problem:
    told = [describe(finding, reader_language()) for finding in error.findings]
    return Problem(
        409,
        "errors_stand",
        _("Errors stand against the filing"),
        _("The filing is not complete: %(count)s errors stand against it. Return it for correction.")
        % {"count": len(told)},
        errors=[{"pointer": each["at"], "code": each["rule"], "message": each["message"]} for each in told],
    )


def _reason_missing() -> Problem:
    message = _("This is recorded with a reason. Send a JSON object with `reason`.")
    return Problem.at("/reason", 400, "reason_missing", _("No reason"), message)


def _amendment_open(error: refusals.AmendmentOpen) -> Problem:
    message = _(
        "%(case)s is already open for the filing with the number %(number)s. Finish or withdraw it before another."
    ) % {"case": error.case, "number": error.number}
    return Problem.at("/amends", 409, "amendment_open", _("Another amendment is open"), message)


def _target_not_in_force(error: refusals.TargetNotInForce) -> Problem:
    message = _(
        "The filing with the number “%(number)s” is not in this registry, or it is neither filed nor suspended; it "
        "cannot be amended."
    ) % {"number": error.number}
    return Problem.at("/amends", 409, "target_not_standing", _("Nothing to amend"), message)


def _number_refused(error: refusals.NumberRefused) -> Problem:
    status = 409 if error.code in ("number_taken", "number_of_another", "number_not_standing") else 400
    return Problem.at(error.at, status, error.code, _("Number refused"), str(_NUMBERS[error.code]) % error.values)


def _still_being_read(error: refusals.StillBeingRead) -> Problem:
    message = _("%(count)s documents of this filing are still being read. Try again in a minute.") % {
        "count": error.count
    }
    return Problem(409, "still_being_read", _("Documents are being read"), message)


def _not_checked() -> Problem:
    message = _(
        "The filing cannot be checked at the moment, so it is not known what stands against it. Tell an administrator."
    )
    return Problem(409, "not_checked", _("Not checked"), message)


def _waiver_refused(error: refusals.WaiverRefused) -> Problem:
    status = 400 if error.code == "day_past" else 409
    return Problem.at(error.at, status, error.code, _("Waiver refused"), str(_WAIVERS[error.code]) % error.values)


def _number_not_issued(error: refusals.NumberNotIssued) -> Problem:
    return Problem(409, error.code, _("No number can be issued"), str(_NOT_ISSUED[error.code]))


def no_such_model(key: str, keys: list[str]) -> Problem:
    """A key that no model of the dossier has, with those that they have."""
    message = _("The dossier has no model with the key “%(key)s”; it has %(keys)s.")
    return Problem(
        404, "no_such_model", _("No such model"), message % {"key": key[:200], "keys": ", ".join(keys)[:500] or "–"}
    )


def document_refused(error: refusals.DocumentRefused) -> Problem:
    """A refused document, with what is wrong with it."""
    status, text = _DOCUMENTS[error.code]
    return Problem(status, error.code, _("Document refused"), str(text) % error.values)


_AS_PROBLEMS: dict[type[refusals.Refused], Callable[[Any], Problem]] = {
    refusals.NoMembership: _no_membership,
    refusals.NotAFiler: lambda error: _not_a_filer(),
    refusals.NotPermitted: _not_permitted,
    refusals.TransitionRefused: _transition,
    refusals.ReferenceTaken: _reference_taken,
    refusals.ChangedMeanwhile: lambda error: changed_meanwhile(error.there.content, error.there.sha256),
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
}
