"""The exception that stops reading a file; it becomes a finding, not an error of the product."""

from __future__ import annotations

from compliance.attachments.contents import Unreadable


class CannotRead(Exception):
    """A file cannot be read: a code of `faults.py` and the values of its message."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code, values)
        self.code, self.values = code, values

    @property
    def unreadable(self) -> Unreadable:
        return Unreadable(code=self.code, values=self.values)
