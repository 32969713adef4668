"""The refusals of the compliance half as problems of the API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance import refusals
from compliance.api.etags import quoted
from compliance.dossier.faults import Malformed
from compliance.dossier.parsing import Parsed, parse
from compliance.words import Language, language_of
from compliance.workflow import STATUSES
from registry.api.problems import Problem


def reader_language() -> Language:
    return language_of(get_language())


def parsed_or_problem(body: bytes) -> Parsed:
    """Parse a dossier; a malformed one is a 400 with every fault (the first thousand)."""
    try:
        return parse(body)
    except Malformed as error:
        raise _malformed(error) from error


def _malformed(error: Malformed) -> Problem:
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
    except refusals.NoStanding as error:
        raise _no_standing(error) from error
    except refusals.NotAFiler as error:
        raise Problem(
            403,
            "not_a_filer",
            _("Only filers may do this"),
            _("You may see this filing, but not act on it. Ask an administrator to make you a filer of the applicant."),
        ) from error
    except refusals.TransitionRefused as error:
        raise _transition(error) from error
    except refusals.ReferenceTaken as error:
        raise _reference_taken(error) from error
    except refusals.ChangedMeanwhile as error:
        raise changed_meanwhile(error.there.content, error.there.sha256) from error
    except refusals.ApplicantIsFixed as error:
        raise _applicant_is_fixed() from error


def _no_standing(error: refusals.NoStanding) -> Problem:
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
