"""Why a change of the register was refused; the doors put it into words."""

from __future__ import annotations


class RegisterRefused(Exception):
    """A change of the register was refused, and nothing has changed; `code` says why."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code, self.values = code, values
