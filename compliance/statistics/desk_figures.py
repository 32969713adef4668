"""
The figures of the first page of the desk, counted by province every minute by the worker, so that the page costs the same
for a hundred filings and for a hundred thousand. That they are recent shows that the worker and the beat are alive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from compliance.filings import workflow
from compliance.models import DeskFigures, Filing, Flag

WEEKS = 12
# What is open is grouped by the days since its submission: up to each of these, and longer.
AGES = (5, 10, 20, 40)
MOST_FAULTS = 8
SILENT_AFTER = timedelta(minutes=3)
# Without a change, the figures of the day stay the same: they are counted again after so long all the same.
COUNT_AGAIN_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Figures:
    """
    The figures of some provinces: filings received and decided by the Monday of their week, filings under way by age and
    by kind, open flags by rule and level, filings by province; and when they were counted.
    """

    at: datetime
    received: dict[str, int]
    decided: dict[str, int]
    ages: list[int]
    kinds: dict[str, int]
    provinces: dict[str, int]
    faults: list[tuple[str, str, int]]

    @property
    def is_stale(self) -> bool:
        """Whether nobody has counted for some minutes: the worker or the beat is silent."""
        return timezone.now() - self.at > SILENT_AFTER


def figures_of(provinces: Collection[str] | None) -> Figures:
    """Return the figures of provinces (None: all). They are counted now if nobody has counted yet."""
    if not DeskFigures.objects.exists():
        count_figures()
    rows = DeskFigures.objects.all()
    if provinces is not None:
        rows = rows.filter(Q(province__in=provinces) | Q(province=""))
    return _summed(list(rows))


def _summed(rows: list[DeskFigures]) -> Figures:
    counted = [row for row in rows if row.province]
    at = max((row.at for row in rows), default=timezone.now())
    sums: dict[str, Counter[str]] = {name: Counter() for name in ("received", "decided", "kinds", "faults")}
    ages = [0] * (len(AGES) + 1)
    for row in counted:
        for name, total in sums.items():
            total.update(row.content[name])
        ages = [sum(pair) for pair in zip(ages, row.content["ages"], strict=True)]
    faults = [(*key.split(" "), count) for key, count in sums["faults"].most_common(MOST_FAULTS)]
    provinces = {row.province: sum(row.content["kinds"].values()) for row in counted}
    return Figures(
        at,
        dict(sums["received"]),
        dict(sums["decided"]),
        ages,
        dict(sums["kinds"]),
        provinces,
        faults,  # type: ignore[arg-type]
    )


def count_figures(*, today: date | None = None) -> int:
    """Count the figures of every province and write them down; return how many provinces have filings."""
    counted = _counted(today or timezone.localdate())
    now = timezone.now()
    with transaction.atomic():
        # The row without a province is there even if no filing is.
        rows = [DeskFigures(province="", at=now, content={}), *_rows(counted, now)]
        DeskFigures.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["province"], update_fields=["at", "content"]
        )
        DeskFigures.objects.exclude(province__in=[row.province for row in rows]).delete()
    return len(rows) - 1


def keep_figures(*, last_change: int) -> bool:
    """Count the figures again if something has changed since, or note that the worker is alive; return whether it counted."""
    beat = DeskFigures.objects.filter(province="").first()
    is_recent = beat and timezone.now() - _counted_at(beat) < COUNT_AGAIN_AFTER
    if beat and is_recent and beat.content.get("change") == last_change:
        DeskFigures.objects.filter(province="").update(at=timezone.now())
        return False
    count_figures()
    content = {"change": last_change, "counted_at": timezone.now().isoformat()}
    DeskFigures.objects.filter(province="").update(content=content)
    return True


def _counted_at(beat: DeskFigures) -> datetime:
    stored = beat.content.get("counted_at")
    return datetime.fromisoformat(stored) if stored else beat.at


def _rows(counted: dict[str, dict[str, Any]], now: datetime) -> Iterable[DeskFigures]:
    return [DeskFigures(province=province, at=now, content=content) for province, content in counted.items()]


def _counted(today: date) -> dict[str, dict[str, Any]]:
    provinces: dict[str, dict[str, Any]] = {}

    def of(province: str) -> dict[str, Any]:
        empty = {"received": {}, "decided": {}, "kinds": {}, "faults": {}, "ages": [0] * (len(AGES) + 1)}
        return provinces.setdefault(province, empty)

    for name, column in (("received", "first_submitted_at"), ("decided", "decided_at")):
        for province, week, count in _by_week(column, today):
            weeks = of(province)[name]
            weeks[week] = weeks.get(week, 0) + count
    for province, kind, submitted_on, count in _under_way():
        content = of(province)
        content["kinds"][kind] = content["kinds"].get(kind, 0) + count
        content["ages"][_age_of((today - submitted_on).days)] += count
    for province, rule, level, count in _faults(today):
        of(province)["faults"][f"{rule} {level}"] = count
    return provinces


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def weeks_until(today: date) -> list[date]:
    """Return the Mondays of the last weeks, that of today included."""
    return [monday_of(today) - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def _by_week(column: str, today: date) -> Iterable[tuple[str, str, int]]:
    since = timezone.make_aware(datetime.combine(weeks_until(today)[0], datetime.min.time()))
    rows = Filing.objects.filter(**{f"{column}__gte": since}).annotate(day=TruncDate(column))
    for province, day, count in rows.values_list("province", "day").annotate(count=Count("pk")).order_by():
        yield province, monday_of(day).isoformat(), count


def _under_way() -> models.QuerySet[Any, Any]:
    rows = Filing.objects.filter(status__in=workflow.UNDER_WAY).annotate(day=TruncDate("submitted_at"))
    return rows.values_list("province", "kind", "day").annotate(count=Count("pk")).order_by()


def _age_of(days: int) -> int:
    return next((i for i, most in enumerate(AGES) if days <= most), len(AGES))


def _faults(today: date) -> models.QuerySet[Any, Any]:
    flags = Flag.objects.open(today).filter(filing__status__in=workflow.UNDECIDED)
    return flags.values_list("filing__province", "rule", "level").annotate(count=Count("pk")).order_by()
