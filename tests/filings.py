"""Filings for tests, made by the actions that make them in life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance import actions, checking
from compliance.models import Filing, Flag
from registry.models import User
from tests.building import parsed


def a_filing(by: User, kind: str = "algorithm", changes: Mapping[str, Any] | None = None) -> Filing:
    """Open a filing with a complete dossier, changed."""
    filing, _ = actions.open_filing(parsed(kind, changes), by=by)
    return filing


def a_submitted_filing(by: User, kind: str = "algorithm", changes: Mapping[str, Any] | None = None) -> Filing:
    return actions.submit_filing(a_filing(by, kind, changes), by=by)


def check_everything(**when: Any) -> int:
    """Check whatever is due, as a worker would."""
    return checking.check_range(0, 2**62, **when)


def standing(filing: Filing) -> list[tuple[str, str]]:
    """The standing flags of a filing as (rule, pointer)."""
    flags = Flag.objects.standing().filter(filing=filing).order_by("pk")
    return list(flags.values_list("rule", "at"))
