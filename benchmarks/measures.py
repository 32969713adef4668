"""Benchmarks of a POST and of the sweep."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.generator import plant
from compliance.checking import check_filings, due_marks
from compliance.checking.dispatch import ANNOUNCER
from compliance.filings.history.triggers import drop_triggers
from compliance.models import Filing, Flag
from registry.models import Membership, Organization, User
from registry.tokens import create_token
from tests.building import USCC, a_document

Report = Callable[[str, str], None]
POSTS = 60
ONE_AT_A_TIME = 1_000


def measure(sizes: list[int], report: Report) -> None:
    """Measure a POST, then the sweep at each size, with baselines in the same run."""
    call_command("migrate", verbosity=0)
    by = User.objects.create_user("bench")
    _posts(by, report)
    for size in sizes:
        _truncate()
        _sweeps(size, by, report)


def _posts(by: User, report: Report) -> None:
    """Measure a POST through the whole Django stack, without a network and without announcing it to workers."""
    ANNOUNCER.announce = lambda task, *args: None  # type: ignore[method-assign]
    settings.ALLOWED_HOSTS = ["*"]
    Membership.objects.create(user=by, organization=Organization.objects.create(uscc=USCC, name="bench"), role="filer")
    headers = {"Authorization": f"Token {create_token(by)}"}
    durations = [_post(Client(headers=headers), i) for i in range(POSTS)]
    with CaptureQueriesContext(connection) as queries:
        _post(Client(headers=headers), POSTS)
    report("POST of a generative dossier, median", f"{statistics.median(durations[5:]) * 1000:.1f} ms")
    report("POST of a generative dossier, queries", str(len(queries)))
    reset_queries()


def _post(client: Client, i: int) -> float:
    body = json.dumps(a_document("generative", {"/reference": f"post-{i}"}))
    start = time.perf_counter()
    response = client.post("/api/v1/filings/", body, content_type="application/json")
    assert response.status_code == 201, response.content
    return time.perf_counter() - start


def _truncate() -> None:
    """Empty the tables, including the history, of a database that is dropped afterwards."""
    with connection.schema_editor() as editor:
        drop_triggers(None, editor)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE compliance_filing CASCADE")


def _sweeps(size: int, by: User, report: Report) -> None:
    planted = plant(size, by)
    memory = _memory()
    first = _rate(size, _sweep_all)
    assert Flag.objects.unresolved().count() == planted.flags, (Flag.objects.unresolved().count(), planted.flags)
    again = _rate(size, _sweep_all)
    report(f"{size:,} filings: COPY of their revisions", f"{_rate(size, _copy_revisions):,.0f}/s")
    report(f"{size:,} filings: sweep that raises {planted.flags:,} flags", f"{first:,.0f}/s")
    report(f"{size:,} filings: sweep that finds nothing new", f"{again:,.0f}/s")
    few = min(ONE_AT_A_TIME, size)
    report(f"{size:,} filings: one at a time", f"{_rate(few, lambda: _one_at_a_time(few)):,.0f}/s")
    report(f"{size:,} filings: memory growth during the sweeps", f"{_memory() - memory:.0f} MiB")


def _make_all_due() -> None:
    """Mark all filings due, as the weekly sweep does, and bring the tables into the state that autovacuum keeps."""
    Filing.objects.update(due_since=timezone.now(), leased_until=None)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _rate(number: int, work: Callable[[], None]) -> float:
    """Return how many filings per second `work` handles, with all filings due."""
    _make_all_due()
    start = time.perf_counter()
    work()
    return number / (time.perf_counter() - start)


def _sweep_all() -> None:
    """Check all due filings as one worker does: lease by lease, range by range."""
    while ranges := due_marks.lease_due():
        for first, last in ranges:
            check_filings.check_range(first, last)


def _one_at_a_time(number: int) -> None:
    for key in Filing.objects.order_by("pk").values_list("pk", flat=True)[:number]:
        check_filings.check_range(key, key)


def _copy_revisions() -> None:
    connection.ensure_connection()
    with (
        connection.connection.cursor() as cursor,
        cursor.copy("COPY (SELECT content FROM compliance_revision) TO STDOUT") as rows,
    ):
        for _ in rows:
            pass


def _memory() -> float:
    """Return the resident memory of this process in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20
