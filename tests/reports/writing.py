"""Writing reports in tests, and a registry whose history is known day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import time_machine

from compliance.reports.catalog import REPORTS
from compliance.reports.periods import days_between
from compliance.reports.scopes import EVERYTHING, Scope, Sight
from compliance.reports.written import WrittenReport, write_unstored

SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@contextmanager
def on(day: str, hour: int = 10) -> Iterator[None]:
    """Do something on a day of the past or the future."""
    with time_machine.travel(moment(f"{day}T{hour:02}:00"), tick=True):
        yield


def a_report(
    name: str,
    first: str,
    end: str,
    parameters: Mapping[str, str] | None = None,
    sight: Sight = EVERYTHING,
) -> WrittenReport:
    """Return a report from a day to the day before another."""
    period = days_between(date.fromisoformat(first), date.fromisoformat(end))
    return write_unstored(REPORTS[name], Scope(period, parameters or {}, sight))


def rows(name: str, first: str, end: str, *columns: str, **more: Any) -> list[Any]:
    """Return the rows of a report, of each the given columns."""
    pick: Callable[[dict[str, Any]], Any] = lambda row: tuple(row[column] for column in columns)  # noqa: E731
    return [pick(row) if len(columns) != 1 else row[columns[0]] for row in a_report(name, first, end, **more).rows()]


def figures(name: str, first: str, end: str, **more: Any) -> dict[str, Any]:
    return a_report(name, first, end, **more).summaries()[0].figures


def groups(name: str, breakdown: str, first: str, end: str, **more: Any) -> dict[str, int]:
    found = a_report(name, first, end, **more).summaries()[0].breakdowns[breakdown]
    return {group.name: group.count for group in found}
