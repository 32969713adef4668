"""Writing changes that are not events of a filing, in the transaction of what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from compliance.checking.models import Flag
from compliance.notices.models import Change, ChangeType
from registry.models import User

# A change names at most so many flags; the list of flags has them all.
MOST_FLAGS = 100


def write_flag_changes(raised: Iterable[Flag], resolved: Iterable[Flag], *, at: datetime) -> None:
    """Write one change for each filing whose flags were raised or resolved."""
    changed: dict[int, dict[str, list[Any]]] = defaultdict(lambda: {"raised": [], "resolved": []})
    for name, flags in (("raised", raised), ("resolved", resolved)):
        for flag in flags:
            listed = changed[flag.filing_id][name]
            if len(listed) < MOST_FLAGS:
                listed.append({"rule": flag.rule, "level": str(flag.level), "variant": flag.variant, "at": flag.at})
    Change.objects.bulk_create(
        Change(type=ChangeType.FLAGS, filing_id=filing, at=at, data=data) for filing, data in changed.items()
    )


def write_change(type: ChangeType, data: dict[str, Any], *, at: datetime, user: User | None = None) -> None:
    """Write a change that is not about a filing: for one user, or for all staff."""
    Change.objects.create(type=type, user=user, at=at, data=data)
