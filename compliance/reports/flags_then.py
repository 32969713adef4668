"""The flags that were open at the end of a period, and not waived then."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from compliance.models import EarlierFlag, Flag
from compliance.reports.candidates import LEVELS
from compliance.reports.history import CaseThen, FlagKey, keys_of, waived_then, within
from compliance.reports.scopes import Scope


@dataclass(frozen=True, slots=True)
class FlagThen:
    """An open flag: what was found where."""

    rule: str
    level: str
    variant: str
    at: str


def known_flags(cases: list[CaseThen], scope: Scope) -> QuerySet[Flag]:
    """Return the flags of filings that were raised before the end of the period, errors and warnings of today or of then."""
    end = scope.period.ends_at
    was_graver = EarlierFlag.objects.filter(flag=OuterRef("pk"), until__gte=end, level__in=LEVELS)
    flags = Flag.objects.filter(Q(level__in=LEVELS) | Exists(was_graver), raised_at__lt=end)
    return flags.filter(within(keys_of(cases)))


def contents_then(cases: list[CaseThen], scope: Scope) -> dict[int, tuple[str, dict[str, Any]]]:
    """Return the level and the values at the end of the period of those flags, by key, that have changed since. One query."""
    rows = EarlierFlag.objects.filter(within(keys_of(cases), "flag__filing"), until__gte=scope.period.ends_at)
    found: dict[int, tuple[str, dict[str, Any]]] = {}
    for flag, level, values in rows.order_by("flag", "until").values_list("flag_id", "level", "values"):
        found.setdefault(flag, (level, values))
    return found


def open_flags_then(cases: list[CaseThen], scope: Scope, *, rules: tuple[str, ...] = ()) -> dict[int, list[FlagThen]]:
    """Return the open errors and warnings of filings, by key; only those of some rules if they are given. Three queries."""
    end = scope.period.ends_at
    unresolved = Q(resolved_at__isnull=True) | Q(resolved_at__gte=end)
    flags = known_flags(cases, scope).filter(unresolved)
    flags = flags.filter(rule__in=rules) if rules else flags
    waived, then = waived_then(cases, scope), contents_then(cases, scope)
    found: dict[int, list[FlagThen]] = defaultdict(list)
    for pk, filing, rule, today, variant, at in flags.order_by("pk").values_list(
        "pk", "filing_id", "rule", "level", "variant", "at"
    ):
        key: FlagKey = (filing, rule, at, variant)
        level = then[pk][0] if pk in then else today
        if key not in waived and level in LEVELS:
            found[filing].append(FlagThen(rule, level, variant, at))
    return found
