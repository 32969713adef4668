"""
How many flags a filing has: open ones by level, and waived ones, kept on the filing by whoever changes its flags.

A waiver ends by itself. The counts name the first day on which one does; the sweep of that day counts again, and whoever
reads before it is given the count of the day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from compliance.models import Filing, Flag

COLUMNS = ("error_count", "warning_count", "info_count", "waived_count", "recount_on")
AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class FlagCounts:
    """The counts of a filing on a day, and the first day on which they change because a waiver ends."""

    error_count: int = 0
    warning_count: int = 0
    info_count: int = 0
    waived_count: int = 0
    recount_on: date | None = None

    @classmethod
    def of(cls, flags: Iterable[tuple[str, date | None]], today: date) -> FlagCounts:
        """Count unresolved flags, given by level and by the last day of their waiver, if any."""
        levels: Counter[str] = Counter()
        waived_until = []
        for level, until in flags:
            if until is not None and until >= today:
                waived_until.append(until)
            else:
                levels[level] += 1
        ends = min(waived_until, default=None)
        return cls(
            levels["error"],
            levels["warning"],
            levels["info"],
            len(waived_until),
            ends + timedelta(days=1) if ends and ends < date.max else None,
        )

    @property
    def columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in COLUMNS}


def counts_on(filing: Any) -> FlagCounts:
    """The counts that a filing holds."""
    return FlagCounts(*(getattr(filing, name) for name in COLUMNS))


def counted(filings: Collection[int], today: date) -> dict[int, FlagCounts]:
    """Count the flags of filings, by key, in one query."""
    flags: dict[int, list[tuple[str, date | None]]] = defaultdict(list)
    rows = Flag.objects.unresolved().filter(filing__in=filings)
    for filing, level, until in rows.values_list("filing_id", "level", "waived_until"):
        flags[filing].append((level, until))
    return {key: FlagCounts.of(flags[key], today) for key in filings}


def recount(filings: Collection[int], *, today: date | None = None) -> None:
    """Count the flags of filings, which the caller has locked, and write the counts."""
    write_counts(counted(filings, today or timezone.localdate()))


def write_counts(counts: dict[int, FlagCounts]) -> None:
    """Write counts: one update for each that several filings have in common."""
    same: dict[FlagCounts, list[int]] = defaultdict(list)
    for key, count in counts.items():
        same[count].append(key)
    for count, keys in same.items():
        Filing.objects.filter(pk__in=keys).update(**count.columns)


def recount_where_waivers_ended(*, today: date | None = None) -> int:
    """Count again where a waiver has ended by a day (default: today), and return of how many filings that is."""
    today, done = today or timezone.localdate(), 0
    while recounted := _recount_part(today):
        done += recounted
    return done


@transaction.atomic
def _recount_part(today: date) -> int:
    due = Filing.objects.to_recount(today).order_by("pk").select_for_update(skip_locked=True)
    keys = list(due.values_list("pk", flat=True)[:AT_ONCE])
    recount(keys, today=today)
    return len(keys)


def with_todays_counts(rows: list[Any]) -> list[Any]:
    """Return rows of filings (named tuples), with the counts of today where a waiver has ended since they were counted."""
    counts = _outdated(rows)
    return [row._replace(**counts[row.pk].columns) if row.pk in counts else row for row in rows] if counts else rows


def bring_counts_up_to_date(filings: list[Filing]) -> list[Filing]:
    """The same for filings, which are not saved."""
    counts = _outdated(filings)
    for filing in filings:
        if filing.pk in counts:
            for name, value in counts[filing.pk].columns.items():
                setattr(filing, name, value)
    return filings


def _outdated(rows: list[Any]) -> dict[int, FlagCounts]:
    today = timezone.localdate()
    keys = [row.pk for row in rows if row.recount_on and row.recount_on <= today]
    return counted(keys, today) if keys else {}
