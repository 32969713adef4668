"""
What the licenses of known base models ask, to be shown to people. Facts, not legal advice.

The duties that rules check are in `licenses`; this says more, and of more licenses. Of a license whose text was not read, only its
title and where its text is are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parent / "license_notes.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseNote:
    """
    One license. `users` and `revenue` are limits above which commercial use needs more; `naming`, `display` and `outputs` say in its
    words how a derivative is named, what is displayed, and what outputs may be used for. `is_read` is False if its text was not read.
    """

    title: str
    text: str = ""
    users: int | None = None
    revenue: str = ""
    naming: str = ""
    display: str = ""
    outputs: str = ""
    has_use_policy: bool = False
    is_share_alike: bool = False
    is_non_commercial: bool = False
    is_read: bool = False

    @property
    def users_text(self) -> str:
        return f"{self.users:,}" if self.users else ""

    @property
    def has_duties(self) -> bool:
        named = (self.users, self.revenue, self.naming, self.display, self.outputs)
        return any(named) or self.has_use_policy or self.is_share_alike or self.is_non_commercial


def license_note(id: str) -> LicenseNote | None:
    """Return what is known of a license with an SPDX id or `LicenseRef-…`."""
    return _notes().get(id)


@cache
def _notes() -> dict[str, LicenseNote]:
    entries: dict[str, dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {id: _note(entry) for id, entry in entries.items()}


def _note(entry: dict[str, Any]) -> LicenseNote:
    renamed = {"use_policy": "has_use_policy", "share_alike": "is_share_alike", "non_commercial": "is_non_commercial"}
    return LicenseNote(**{{**renamed, "read": "is_read"}.get(name, name): value for name, value in entry.items()})
