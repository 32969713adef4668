"""The exception for refused changes of the register. The API and the admin translate its codes into messages."""

from __future__ import annotations


class RegisterRefused(Exception):
    """A change of the register was refused, and nothing was changed. `code` is the reason, `values` fill its message."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code, self.values = code, values
