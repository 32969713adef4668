"""Reasons why an action is refused. The API and the admin convert them into messages in the language of the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.models import Revision, WorkingCopy
    from compliance.rules.problems import Finding


class Refused(Exception):
    """An action was refused, and nothing has changed."""


class NoMembership(Refused):
    """The user is not a filer of the organization with this USCC, or there is none. The two cases are not distinguished."""

    def __init__(self, uscc: str) -> None:
        super().__init__(uscc)
        self.uscc = uscc


class NotAFiler(Refused):
    """The user may see the filing but is not a filer of its applicant."""


class TransitionRefused(Refused):
    """The verb is not possible in the status of the filing."""

    def __init__(self, verb: str, status: str) -> None:
        super().__init__(verb, status)
        self.verb, self.status = verb, status


class NotPermitted(Refused):
    """The user may not perform this duty; `code` is the reason from the table of permissions."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ErrorsOpen(Refused):
    """A filing with open errors cannot be accepted."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(len(findings))
        self.findings = findings


class ReasonMissing(Refused):
    """The verb requires a reason, and none was given."""


class AmendmentOpen(Refused):
    """Another change or cancellation of the same filing is open."""

    def __init__(self, number: str, case: str) -> None:
        super().__init__(number, case)
        self.number, self.case = number, case


class TargetNotInForce(Refused):
    """The filing that a change or cancellation amends was not found, or is neither filed nor suspended."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class NumberNotIssued(Refused):
    """No number can be issued; `code` is the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NumberRefused(Refused):
    """A recorded number is refused; `code` is the reason and `at` the invalid field of the request."""

    def __init__(self, code: str, at: str, **values: str) -> None:
        super().__init__(code, at, values)
        self.code, self.at, self.values = code, at, values


class DocumentRefused(Refused):
    """An uploaded document is refused; `code` is the reason."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code, self.values = code, values


class NoSuchModel(Refused):
    """The dossier has no model with this key; `keys` are the keys of its models."""

    def __init__(self, key: str, keys: list[str]) -> None:
        super().__init__(key)
        self.key, self.keys = key, keys


class StillBeingRead(Refused):
    """Documents of the filing are not counted yet."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class NotChecked(Refused):
    """The filing could not be checked, so its open errors are unknown."""


class WaiverRefused(Refused):
    """A waiver is refused; `code` is the reason and `at` the invalid field of the request."""

    def __init__(self, code: str, at: str, **values: object) -> None:
        super().__init__(code, at, values)
        self.code, self.at, self.values = code, at, values


class ReferenceTaken(Refused):
    """Another filing of the applicant has this reference."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference


class ChangedMeanwhile(Refused):
    """The filing has changed: its version is not one that the caller expects."""

    def __init__(self, current: WorkingCopy | Revision) -> None:
        super().__init__(current.sha256)
        self.current = current


class ApplicantIsFixed(Refused):
    """The applicant of a filing cannot be changed."""
