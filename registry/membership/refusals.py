"""Reasons why a change of the members of an organization is refused."""

from __future__ import annotations


class MembershipRefused(Exception):
    """Nothing has changed; `code` is the reason and `at` the invalid field of the form."""

    def __init__(self, code: str, at: str = "", **values: object) -> None:
        super().__init__(code, at, values)
        self.code, self.at, self.values = code, at, values
