"""Reasons why work on a case is refused."""

from __future__ import annotations

from compliance.filings.refusals import Refused


class AssignmentRefused(Refused):
    """
    A filing cannot be assigned; `code` is the reason: `not_eligible` (with the reason why the person may not review it),
    `nobody_in_turn`, `already_assigned`, `case_ended`.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code, self.values = code, values


class CommentRefused(Refused):
    """A comment is refused; `code` is the reason: `empty`, `too_long`, `not_submitted`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
