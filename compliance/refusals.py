"""Why an action was refused; the doors turn these into answers in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.models import Revision, WorkingCopy


class Refused(Exception):
    """An action was refused, and nothing has changed."""


class NoStanding(Refused):
    """The person does not file for the organization of this USCC, or there is none; the two are not told apart."""

    def __init__(self, uscc: str) -> None:
        super().__init__(uscc)
        self.uscc = uscc


class NotAFiler(Refused):
    """The person may see the filing but not act on it."""


class TransitionRefused(Refused):
    """The verb does not lead away from the status in which the filing is."""

    def __init__(self, verb: str, status: str) -> None:
        super().__init__(verb, status)
        self.verb, self.status = verb, status


class ReferenceTaken(Refused):
    """Another filing of the applicant has this reference."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference


class ChangedMeanwhile(Refused):
    """The dossier is not the one that the caller has seen."""

    def __init__(self, there: WorkingCopy | Revision) -> None:
        super().__init__(there.sha256)
        self.there = there


class ApplicantIsFixed(Refused):
    """A filing stays with the applicant for which it was opened."""
