"""Making the flags of filings exactly what was found: raised, changed, resolved; and the waivers that lapse by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from compliance.checking.flag_counts import FlagCounts
from compliance.checking.waiver_basis import waiver_basis_of
from compliance.dossier.schema import Dossier
from compliance.models import EarlierFlag, Flag
from compliance.notices.writing import write_flag_changes
from compliance.rules.problems import Finding

# SQLite takes some ten thousand variables in a statement.
RESOLVED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Checked:
    """One filing as it was checked: its key, its dossier, and what was found in it."""

    filing: int
    dossier: Dossier
    findings: list[Finding]


@dataclass(slots=True)
class _Difference:
    """What has to be written so that the unresolved flags are exactly the findings."""

    raised: list[Flag] = field(default_factory=list)
    changed: list[Flag] = field(default_factory=list)
    earlier: list[EarlierFlag] = field(default_factory=list)
    gone: list[Flag] = field(default_factory=list)
    lapsed: list[Flag] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The flags whose waiver has lapsed, and how many flags each filing has now."""

    lapsed: list[Flag]
    counts: dict[int, FlagCounts]


_NO_WAIVER = {
    "waived_until": None,
    "waived_at": None,
    "waived_by": None,
    "waiver_reason": "",
    "waiver_basis": "",
}


def reconcile(checked: Iterable[Checked], *, now: datetime, today: date) -> Reconciled:
    """Write the difference between the findings and the unresolved flags of filings."""
    by_filing = {each.filing: each for each in checked}
    flags: dict[int, list[Flag]] = {key: [] for key in by_filing}
    for flag in Flag.objects.unresolved().filter(filing__in=list(flags)):
        flags[flag.filing_id].append(flag)
    difference = _Difference()
    counts = {key: FlagCounts.of(_compare(flags[key], each, difference, now), today) for key, each in by_filing.items()}
    _write(difference, now)
    return Reconciled(difference.lapsed, counts)


def _write(difference: _Difference, now: datetime) -> None:
    Flag.objects.bulk_create(difference.raised)
    Flag.objects.bulk_update(difference.changed, ["level", "values"])
    EarlierFlag.objects.bulk_create(difference.earlier)
    for part in parts_of([flag.pk for flag in difference.gone], RESOLVED_AT_ONCE):
        Flag.objects.filter(pk__in=part).update(resolved_at=now)
    Flag.objects.filter(pk__in=[flag.pk for flag in difference.lapsed]).update(**_NO_WAIVER)
    write_flag_changes(difference.raised, difference.gone, at=now)


def _compare(
    flags: list[Flag], checked: Checked, difference: _Difference, now: datetime
) -> list[tuple[str, date | None]]:
    """Add to the difference; return the level of each flag that is unresolved now, and the last day of its waiver."""
    left = {flag.identity: flag for flag in flags}
    unresolved: list[tuple[str, date | None]] = []
    for finding in checked.findings:
        flag = left.pop(finding.identity, None)
        waived_until = None
        if flag is None:
            difference.raised.append(_raised(checked.filing, finding, now))
        else:
            if _has_lapsed(flag, finding, checked.dossier):
                difference.lapsed.append(flag)
            else:
                waived_until = flag.waived_until
            if (flag.level, flag.values) != (finding.level, finding.values):
                difference.earlier.append(EarlierFlag(flag=flag, level=flag.level, values=flag.values, until=now))
                flag.level, flag.values = finding.level, finding.values
                difference.changed.append(flag)
        unresolved.append((str(finding.level), waived_until))
    difference.gone.extend(left.values())
    difference.lapsed.extend(flag for flag in left.values() if flag.is_waived)
    return unresolved


def _has_lapsed(flag: Flag, finding: Finding, dossier: Dossier) -> bool:
    return flag.is_waived and flag.waiver_basis != waiver_basis_of(finding, dossier)


def _raised(filing: int, finding: Finding, now: datetime) -> Flag:
    return Flag(
        filing_id=filing,
        rule=finding.rule,
        level=finding.level,
        variant=finding.variant,
        at=finding.at,
        values=finding.values,
        raised_at=now,
    )


def parts_of(keys: list[int], size: int) -> list[list[int]]:
    return [keys[start : start + size] for start in range(0, len(keys), size)]
