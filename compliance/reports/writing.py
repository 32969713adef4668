"""Writing reports: each period once, even when the task is retried; after an outage, each missed period separately."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.models import ChangeType, ReportRun
from compliance.notices.writing import write_change
from compliance.reports import incomplete_filings
from compliance.reports.catalog import REPORTS, Report
from compliance.reports.periods import WEEK, Period, ended_weeks, monday_before
from registry.models import User

assert incomplete_filings  # importing the module registers its report


def write_due(*, at: datetime | None = None) -> list[ReportRun]:
    """Write the scheduled reports of all weeks that ended by a moment and are not written yet."""
    at = at or timezone.now()
    return [run for report in REPORTS.values() for run in _write_missed(report, at)]


def _write_missed(report: Report, at: datetime) -> list[ReportRun]:
    last = ReportRun.objects.filter(report=report.name, asked_by__isnull=True).order_by("-ends_at").first()
    runs = [_write_once(report, period) for period in ended_weeks(since=last.ends_at if last else None, at=at)]
    return [run for run in runs if run]


def _write_once(report: Report, period: Period) -> ReportRun | None:
    """Write a scheduled run, unless another worker wrote it in the meantime."""
    try:
        with transaction.atomic():
            return _write(report, period, None)
    except IntegrityError:
        return None


def write_now(report: Report, *, by: User, at: datetime | None = None) -> ReportRun:
    """Write a report on demand, from the end of the last scheduled run (otherwise Monday) to this moment."""
    at = at or timezone.now()
    last = (
        ReportRun.objects.filter(report=report.name, asked_by__isnull=True, ends_at__lt=at).order_by("-ends_at").first()
    )
    begins_at = last.ends_at if last else monday_before(at)
    if begins_at >= at:
        begins_at -= WEEK
    return _write(report, Period(begins_at, at), by)


@transaction.atomic
def _write(report: Report, period: Period, by: User | None) -> ReportRun:
    rows = list(report.rows(period))
    run = ReportRun.objects.create(
        report=report.name,
        begins_at=period.begins_at,
        ends_at=period.ends_at,
        written_at=timezone.now(),
        asked_by=by,
        row_count=len(rows),
        content=json.dumps(rows, ensure_ascii=False, separators=(",", ":")),
    )
    data = {"report": run.report, "run": str(run.uid), "ends_at": run.ends_at.isoformat(), "rows": run.row_count}
    write_change(ChangeType.REPORT, data, at=run.written_at)
    return run
