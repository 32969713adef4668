"""Making the standing flags exactly what was found: raised, changed, resolved; and the waivers that lapse by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from compliance.checking.waiver_basis import waiver_basis_of
from compliance.dossier.schema import Dossier
from compliance.models import Flag
from compliance.rules.problems import Finding

# SQLite takes some ten thousand variables in a statement.
RESOLVED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whose flags are compared, and when."""

    key: int
    dossier: Dossier
    now: datetime


@dataclass(slots=True)
class _Difference:
    """What has to be written so that the standing flags are exactly the findings."""

    raised: list[Flag] = field(default_factory=list)
    changed: list[Flag] = field(default_factory=list)
    gone: list[Flag] = field(default_factory=list)
    lapsed: list[Flag] = field(default_factory=list)


_WAIVER = {
    "waived_until": None,
    "waived_at": None,
    "waived_by": None,
    "waiver_reason": "",
    "waiver_basis": "",
}


def reconcile(findings: dict[int, list[Finding]], dossiers: dict[int, Dossier], now: datetime) -> list[Flag]:
    """Write the difference between findings and standing flags; return the flags whose waiver lapsed by it."""
    standing: dict[int, list[Flag]] = {pk: [] for pk in findings}
    for flag in Flag.objects.unresolved().filter(filing__in=list(standing)):
        standing[flag.filing_id].append(flag)
    difference = _Difference()
    for pk, flags in standing.items():
        _compare(flags, findings[pk], difference, _Subject(pk, dossiers[pk], now))
    Flag.objects.bulk_create(difference.raised)
    Flag.objects.bulk_update(difference.changed, ["level", "values"])
    for part in parts_of([flag.pk for flag in difference.gone], RESOLVED_AT_ONCE):
        Flag.objects.filter(pk__in=part).update(resolved_at=now)
    lapsed = difference.lapsed
    Flag.objects.filter(pk__in=[flag.pk for flag in lapsed]).update(**_WAIVER)
    return lapsed


def _compare(flags: list[Flag], findings: list[Finding], difference: _Difference, subject: _Subject) -> None:
    standing = {flag.identity: flag for flag in flags}
    for finding in findings:
        flag = standing.pop(finding.identity, None)
        if flag is None:
            difference.raised.append(_raised(subject.key, finding, subject.now))
            continue
        if flag.is_waived and flag.waiver_basis != waiver_basis_of(finding, subject.dossier):
            difference.lapsed.append(flag)
        if (flag.level, flag.values) != (finding.level, finding.values):
            flag.level, flag.values = finding.level, finding.values
            difference.changed.append(flag)
    difference.gone.extend(standing.values())
    difference.lapsed.extend(flag for flag in standing.values() if flag.is_waived)


def _raised(pk: int, finding: Finding, now: datetime) -> Flag:
    return Flag(
        filing_id=pk,
        rule=finding.rule,
        level=finding.level,
        variant=finding.variant,
        at=finding.at,
        values=finding.values,
        raised_at=now,
    )


def parts_of(keys: list[int], size: int) -> list[list[int]]:
    return [keys[start : start + size] for start in range(0, len(keys), size)]
