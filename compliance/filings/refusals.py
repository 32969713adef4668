"""Why an action was refused; the doors turn these into answers in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.models import Revision, WorkingCopy
    from compliance.rules.problems import Finding


class Refused(Exception):
    """An action was refused, and nothing has changed."""


class NoMembership(Refused):
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


class NotPermitted(Refused):
    """The person does not stand for this duty here; `code` says which line of the permission table refuses."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ErrorsOpen(Refused):
    """A filing is not accepted while errors stand against it."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(len(findings))
        self.findings = findings


class ReasonMissing(Refused):
    """The verb is recorded with a reason, and none was given."""


class AmendmentOpen(Refused):
    """Another change or cancellation of the same filing is open."""

    def __init__(self, number: str, case: str) -> None:
        super().__init__(number, case)
        self.number, self.case = number, case


class TargetNotInForce(Refused):
    """The filing that a change or cancellation amends is unknown, or neither filed nor suspended."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class NumberNotIssued(Refused):
    """No number can be issued; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NumberRefused(Refused):
    """A number given as issued is refused; `code` says why, `at` which field of the request is wrong."""

    def __init__(self, code: str, at: str, **values: str) -> None:
        super().__init__(code, at, values)
        self.code, self.at, self.values = code, at, values


class DocumentRefused(Refused):
    """An uploaded document is refused; `code` says why."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code, self.values = code, values


class NoSuchModel(Refused):
    """The dossier lists no model of this key; `keys` are those that it has."""

    def __init__(self, key: str, keys: list[str]) -> None:
        super().__init__(key)
        self.key, self.keys = key, keys


class StillBeingRead(Refused):
    """Documents of the filing are not counted yet."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class NotChecked(Refused):
    """The filing could not be checked, so nothing is known of what stands against it."""


class WaiverRefused(Refused):
    """A waiver is refused; `code` says why, `at` which field of the request is wrong."""

    def __init__(self, code: str, at: str, **values: object) -> None:
        super().__init__(code, at, values)
        self.code, self.at, self.values = code, at, values


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
