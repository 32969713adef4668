"""The flags that were open at the end of a period, and not waived then."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from compliance.models import Flag
from compliance.reports.history import CaseThen, FlagKey, waived_then
from compliance.reports.scopes import Scope


@dataclass(frozen=True, slots=True)
class FlagThen:
    """An open flag: what was found where."""

    rule: str
    level: str
    variant: str
    at: str


def open_flags_then(cases: list[CaseThen], scope: Scope, *, rules: tuple[str, ...] = ()) -> dict[int, list[FlagThen]]:
    """Return the open errors and warnings of filings, by key; only those of some rules if they are given. Two queries."""
    end = scope.period.ends_at
    unresolved = Q(resolved_at__isnull=True) | Q(resolved_at__gte=end)
    flags = Flag.objects.filter(unresolved, raised_at__lt=end, level__in=("error", "warning"))
    flags = flags.filter(filing__gte=cases[0].key, filing__lte=cases[-1].key)
    flags = flags.filter(rule__in=rules) if rules else flags
    waived = waived_then(cases, scope)
    found: dict[int, list[FlagThen]] = defaultdict(list)
    for filing, rule, level, variant, at in flags.order_by("pk").values_list(
        "filing_id", "rule", "level", "variant", "at"
    ):
        key: FlagKey = (filing, rule, at, variant)
        if key not in waived:
            found[filing].append(FlagThen(rule, level, variant, at))
    return found
