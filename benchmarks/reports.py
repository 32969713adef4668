"""Reports over 100,000 filings with 500,000 flags: how long each format takes, and how much memory."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import time_machine
from django.db import connection
from django.utils import timezone

from benchmarks.generator import plant
from compliance.filings.history.triggers import drop_triggers
from compliance.models import Event, Filing, Flag
from compliance.reports.catalog import REPORTS
from compliance.reports.downloads import download
from compliance.reports.periods import Period, midnight
from compliance.reports.presenting import show
from compliance.reports.runs import schedule_run, write_run
from compliance.reports.scopes import EVERYTHING
from compliance.reports.written import stored
from compliance.rules.catalog import CATALOG
from registry.models import Organization, User

Report = Callable[[str, str], None]
FILINGS, FLAGS_OF_A_FILING = 100_000, 5
SEED = 20261130
DAYS = 60
PLANTED_AT_ONCE = 10_000
ROOT = Path(__file__).parent.parent


def measure_reports(report: Report) -> None:
    """Measure the command and the formats of a stored run."""
    end = midnight(timezone.localdate())
    _plant(end)
    report("filings, flags", f"{Filing.objects.count():,}, {Flag.objects.count():,}")
    first = (end - timedelta(days=30)).date().isoformat()
    with TemporaryDirectory() as folder:
        for name in REPORTS:
            _measure_command(name, first, end.date().isoformat(), Path(folder), report)
    _measure_run(end, report)


def _plant(end: datetime) -> None:
    by = User.objects.create_user("bench")
    with time_machine.travel(end - timedelta(days=DAYS + 5), tick=True):
        for start in range(0, FILINGS, PLANTED_AT_ONCE):
            plant(PLANTED_AT_ONCE, by, first=start)
    with connection.schema_editor() as editor:
        drop_triggers(None, editor)
    rng, codes = random.Random(SEED), [rule.code for rule in CATALOG]
    keys = list(Filing.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), PLANTED_AT_ONCE):
        part = keys[start : start + PLANTED_AT_ONCE]
        Flag.objects.bulk_create([flag for key in part for flag in _flags(key, end, rng, codes)], batch_size=5_000)
        Event.objects.bulk_create([_submitted(key, end, by) for key in part], batch_size=5_000)


def _flags(key: int, end: datetime, rng: random.Random, codes: list[str]) -> list[Flag]:
    found = []
    for rule in rng.sample(codes, FLAGS_OF_A_FILING):
        raised_at = end - timedelta(days=rng.uniform(0, DAYS))
        resolved_at = raised_at + timedelta(days=rng.uniform(1, DAYS)) if rng.random() < 0.3 else None
        level = "error" if rng.random() < 0.6 else "warning"
        flag = Flag(filing_id=key, rule=rule, level=level, variant="missing", at="/service/audience")
        flag.values, flag.raised_at, flag.resolved_at = {}, raised_at, resolved_at
        found.append(flag)
    return found


def _submitted(key: int, end: datetime, by: User) -> Event:
    at = end - timedelta(days=DAYS + 5)
    return Event(
        filing_id=key, number=1, verb="submit", to_status="submitted", at=at, by=by, actor="bench", hash=str(key)
    )


def _measure_command(name: str, first: str, end: str, folder: Path, report: Report) -> None:
    """Measure `write_report` in a process of its own, from the history to the file."""
    formats = REPORTS[name].formats if name == "incomplete_filings" else ("csv",)
    uscc = Organization.objects.exclude(uscc=None).order_by("pk").values_list("uscc", flat=True)[0]
    more = ["--parameter", f"applicant={uscc}"] if REPORTS[name].required else []
    for format in formats:
        path = folder / f"{name}.{format}"
        command = [
            sys.executable,
            "manage.py",
            "write_report",
            name,
            "--from",
            first,
            "--to",
            end,
            "-o",
            str(path),
            *more,
        ]
        seconds, megabytes, code = _run(command)
        size = f"{path.stat().st_size / 1e6:.1f} MB" if path.exists() else "refused"
        report(f"write_report {name} as {format} ({size})", f"{seconds:.1f} s, {megabytes} MB" + (" !" if code else ""))


def _run(command: list[str]) -> tuple[float, int, int]:
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "LOG_LEVEL": "ERROR"}, stderr=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - start, usage.ru_maxrss // 1024, status


def _measure_run(end: datetime, report: Report) -> None:
    """Measure the formats of a run that is stored, as a reader downloads them."""
    run = schedule_run(REPORTS["incomplete_filings"], Period(end - timedelta(days=30), end))
    start = time.perf_counter()
    assert write_run(run.pk)
    run.refresh_from_db()
    report(f"a run of {run.row_count:,} rows, written and stored", f"{time.perf_counter() - start:.1f} s")
    for format in ("pdf", "pdf", "csv", "xlsx", "json"):
        start = time.perf_counter()
        for _chunk in download(show(stored(run, EVERYTHING), "zh"), format).streaming_content:
            pass
        report(f"the stored run as {format}", f"{time.perf_counter() - start:.1f} s")
    report("largest memory of this process", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
