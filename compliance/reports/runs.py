"""
Writing report runs: each once, whole, whatever the retries. A worker leases a run, stores its rows in parts, and marks it
written in the end; what a killed worker left is deleted when the next one begins.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import send_mail
from django.db import DatabaseError, transaction
from django.db.models import F, Q
from django.utils import timezone

from compliance.checking.dispatch import announce_report_after_commit
from compliance.language import Bilingual
from compliance.models import (
    ChangeType,
    Filing,
    Mail,
    Part,
    ReportFigures,
    ReportPart,
    ReportRun,
    RunState,
    Sending,
    SendingState,
)
from compliance.notices.writing import write_change
from compliance.reports import definitions
from compliance.reports.catalog import REPORTS, Report
from compliance.reports.history import AFTER_BATCH
from compliance.reports.packing import Digest, parts_of
from compliance.reports.periods import Every, Period, ended_periods, period_around
from compliance.reports.schedules import PAUSE_AFTER_END
from compliance.reports.scopes import Scope
from compliance.watch.heartbeats import note_alive
from compliance.watch.telling import addresses_of_administrators
from registry.models import User

assert definitions  # importing the package registers the reports

logger = logging.getLogger(__name__)

# A worker holds a run for so long, and prolongs it with each part.
LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 3
# With at most so many submitted filings, whoever asks for a report waits for it.
SMALL = 2_000


class _Superseded(Exception):
    """Another worker has taken the run over."""


def parameters_key(parameters: Mapping[str, str]) -> str:
    return json.dumps(dict(sorted(parameters.items())), ensure_ascii=False, separators=(",", ":")) if parameters else ""


def schedule_run(report: Report, period: Period, parameters: Mapping[str, str] | None = None) -> ReportRun:
    """Return the scheduled run of a period, and make it if there is none: each period has one, whoever asks."""
    parameters = dict(parameters or {})
    run, _is_new = ReportRun.objects.get_or_create(
        report=report.name,
        parameters_key=parameters_key(parameters),
        begins_at=period.begins_at,
        ends_at=period.ends_at,
        asked_by=None,
        defaults={"parameters": parameters},
    )
    return run


def schedule_weekly_runs(*, at: datetime | None = None) -> list[ReportRun]:
    """Make the runs of the weekly reports for all weeks that have ended and settled, each missed one with its own period."""
    at = (at or timezone.now()) - PAUSE_AFTER_END
    return [
        schedule_run(report, period)
        for report in REPORTS.values()
        if report.is_weekly
        for period in ended_periods(Every.WEEK, since=_last_end(report), at=at)
    ]


def _last_end(report: Report) -> datetime | None:
    runs = ReportRun.objects.scheduled().filter(report=report.name, parameters_key="")
    weeks = [run for run in runs.order_by("-ends_at")[:50] if run.ends_at - run.begins_at == timedelta(days=7)]
    return weeks[0].ends_at if weeks else None


def ask_run(
    report: Report, *, by: User, period: Period | None = None, parameters: Mapping[str, str] | None = None
) -> ReportRun:
    """Make a run on demand: of a period, or from the end of the last weekly run (otherwise Monday) to this moment."""
    parameters = dict(parameters or {})
    period = period or _since_last_run(report, timezone.now())
    return ReportRun.objects.create(
        report=report.name,
        parameters=parameters,
        parameters_key=parameters_key(parameters),
        begins_at=period.begins_at,
        ends_at=period.ends_at,
        asked_by=by,
    )


def request_run(
    report: Report, *, by: User, period: Period | None = None, parameters: Mapping[str, str] | None = None
) -> ReportRun:
    """Make a run on demand. In a small registry it is written at once; in a large one, a worker writes it."""
    run = ask_run(report, by=by, period=period, parameters=parameters)
    if Filing.objects.filter(first_submitted_at__isnull=False)[: SMALL + 1].count() <= SMALL:
        write_run(run.pk)
    else:
        announce_report_after_commit(run.pk)
    run.refresh_from_db()
    return run


def _since_last_run(report: Report, at: datetime) -> Period:
    last = _last_end(report)
    begins_at = last if last and last < at else period_around(Every.WEEK, at).begins_at
    return Period(begins_at if begins_at < at else begins_at - timedelta(days=7), at)


def runs_to_write(*, at: datetime | None = None) -> list[int]:
    """Return the keys of the runs that no worker holds; those that were tried too often have failed."""
    at = at or timezone.now()
    free = ReportRun.objects.unfinished().filter(Q(leased_until__isnull=True) | Q(leased_until__lte=at))
    for run in free.filter(attempts__gte=MOST_ATTEMPTS):
        _fail(run, f"The worker was stopped {run.attempts} times while it wrote the report.", lease=run.lease)
    return list(free.filter(attempts__lt=MOST_ATTEMPTS).order_by("asked_at", "pk").values_list("pk", flat=True))


def write_run(key: int) -> bool:
    """Write a run, unless it is written or another worker holds it; return whether it is written now."""
    run = _leased(key)
    if run is None:
        return False
    try:
        _write(run)
    except _Superseded:
        return False
    except (TimeLimit, SoftTimeLimitExceeded):
        _fail(run, f"The report was not written within {settings.REPORT_SECONDS} seconds.", lease=run.lease)
        return False
    except DatabaseError as error:
        # A full disk or a lost connection passes: the run is tried again.
        logger.exception("The report run %s was not stored.", run.uid)
        _give_back(run, error)
        return False
    except Exception as error:
        logger.exception("The report run %s cannot be written.", run.uid)
        _fail(run, f"{type(error).__name__}: {error}", lease=run.lease)
        return False
    return True


class TimeLimit(Exception):
    """Writing took longer than allowed."""


@transaction.atomic
def repeat_run(run: ReportRun) -> None:
    """Let a run that failed be written again, and be sent to whom it was to be sent."""
    is_failed = ReportRun.objects.filter(pk=run.pk, state=RunState.FAILED).update(
        state=RunState.WAITING, attempts=0, error="", leased_until=None, asked_at=timezone.now()
    )
    if is_failed:
        Sending.objects.filter(run=run.pk, state=SendingState.FAILED).update(state=SendingState.WAITING)
        Mail.objects.filter(sending__run=run.pk, is_failure=True, sent_at__isnull=True).delete()


def delete_old_runs(*, at: datetime | None = None) -> int:
    """Delete the rows of the runs that are older than reports are kept; their lines stay, as deleted."""
    before = (at or timezone.now()) - timedelta(days=settings.REPORT_KEEP_DAYS)
    old = ReportRun.objects.filter(state=RunState.WRITTEN, written_at__lt=before).values_list("pk", flat=True)[:500]
    return sum(_delete_rows(key) for key in old)


@transaction.atomic
def _delete_rows(key: int) -> bool:
    is_deleted = ReportRun.objects.filter(pk=key, state=RunState.WRITTEN).update(state=RunState.DELETED)
    ReportPart.objects.filter(run=key).delete()
    ReportFigures.objects.filter(run=key).delete()
    return bool(is_deleted)


@transaction.atomic
def _leased(key: int) -> ReportRun | None:
    now = timezone.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    runs = ReportRun.objects.unfinished().filter(free, pk=key).select_for_update(skip_locked=True)
    run = runs.first()
    if run:
        run.state, run.lease, run.leased_until, run.attempts = RunState.WRITING, uuid4(), now + LEASE, run.attempts + 1
        run.row_count = 0
        run.save(update_fields=["state", "lease", "leased_until", "attempts", "row_count"])
        run.parts.all().delete()
    return run


def _write(run: ReportRun) -> None:
    report, period = REPORTS[run.report], Period(run.begins_at, run.ends_at)
    digest, count, keep = Digest(run.report, period, run.parameters), 0, _Keeping(run)
    token = AFTER_BATCH.set(keep)
    try:
        for number, (length, content) in enumerate(parts_of(report.rows(Scope(period, run.parameters)), digest)):
            count += length
            with _holding(run) as held:
                ReportPart.objects.create(run=run, number=number, content=content)
                held.update(row_count=count, leased_until=timezone.now() + LEASE)
            keep()
    finally:
        AFTER_BATCH.reset(token)
    with _holding(run) as held:
        now = timezone.now()
        held.update(state=RunState.WRITTEN, written_at=now, sha256=digest.sha256, leased_until=None, error="")
        data = {"report": run.report, "run": str(run.uid), "ends_at": run.ends_at.isoformat(), "rows": count}
        write_change(ChangeType.REPORT, data, at=now)


class _Keeping:
    """Keeps a run while its rows are read, also where none comes for minutes; raises TimeLimit once the time is over."""

    def __init__(self, run: ReportRun) -> None:
        self.run, self.kept_at = run, timezone.now()
        self.until = self.kept_at + timedelta(seconds=settings.REPORT_SECONDS)

    def __call__(self) -> None:
        now = timezone.now()
        if now > self.until:
            raise TimeLimit
        if now - self.kept_at > LEASE / 4:
            self.kept_at = now
            with _holding(self.run) as held:
                held.update(leased_until=now + LEASE)
            # Two long reports leave a small worker no time for its heartbeat.
            note_alive(Part.WORKER)


@contextmanager
def _holding(run: ReportRun) -> Iterator[object]:
    """Run a block in a transaction in which this worker holds the run; raise _Superseded if it does not any more."""
    with transaction.atomic():
        own = ReportRun.objects.filter(pk=run.pk, lease=run.lease, state=RunState.WRITING)
        if not own.select_for_update().exists():
            raise _Superseded
        yield own


def _give_back(run: ReportRun, error: Exception) -> None:
    """Let a run be tried again after a while; what the database refused counts as no attempt."""
    ReportRun.objects.filter(pk=run.pk, lease=run.lease).update(
        error=str(error)[:500], leased_until=timezone.now() + LEASE / 2, attempts=F("attempts") - 1
    )


def _fail(run: ReportRun, why: str, *, lease: UUID | None) -> None:
    """Mark a run as failed, and mail whoever asked for it, or, of a scheduled run, the administrators."""
    rows = ReportRun.objects.filter(pk=run.pk, lease=lease).exclude(state__in=[RunState.WRITTEN, RunState.FAILED])
    if rows.update(state=RunState.FAILED, error=why[:500], leased_until=None):
        run.error = why
        _mail_failure(run)


def _mail_failure(run: ReportRun) -> None:
    """Subscribers get a mail of their own (compliance.reports.sending); this one is best effort beside the page of the run."""
    to = [run.asked_by.email] if run.asked_by else addresses_of_administrators()
    title = REPORTS[run.report].title if run.report in REPORTS else Bilingual(run.report, run.report)
    lines = [
        f"{title.en}: {run.error}",
        f"{title.zh}：{run.error}",
        f"{settings.BASE_URL}/admin/compliance/reportrun/{run.pk}/change/",
    ]
    try:
        send_mail("A report could not be written · 报告未能生成", "\n".join(lines), None, list(filter(None, to)))
    except OSError as error:
        logger.warning("The failure of the report run %s was not mailed: %s", run.uid, error)
