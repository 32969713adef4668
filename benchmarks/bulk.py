"""Bulk: an import of many dossiers by two workers, and all filings as CSV; time and memory."""

from __future__ import annotations

import io
import json
import multiprocessing
import resource
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection, connections
from rest_framework.test import APIClient

from compliance import demo
from compliance.api.imports import describe
from compliance.imports import running
from compliance.imports.actions import ask_for_import
from compliance.models import Filing
from registry.models import Membership, Organization, User
from registry.tokens import create_token

WORKERS = 2
Report = Callable[[str, str], None]


def measure_bulk(number: int, streamed: int, report: Report) -> None:
    """Import `number` dossiers, then stream a list of `streamed` filings as CSV and as JSON lines."""
    settings.ALLOWED_HOSTS = ["*"]
    filer = _filer()
    _import(number, filer, report)
    _multiply(streamed)
    for form in ("csv", "ndjson"):
        _stream(form, filer, report)


def _filer() -> User:
    user = User.objects.create(username="bulk")
    dossier = _demo_dossier()
    uscc, name = dossier["applicant"]["uscc"], dossier["applicant"]["name"]
    organization, _ = Organization.objects.get_or_create(uscc=uscc, defaults={"name": name})
    Membership.objects.create(user=user, organization=organization, role="filer")
    return user


def _import(number: int, filer: User, report: Report) -> None:
    content = _dossiers(number)
    size = content.getbuffer().nbytes
    run = ask_for_import(content, by=filer, is_archive=False, size=size, sha256="0" * 64, dry_run=False, submit=False)
    began = time.perf_counter()
    parts = running.divide(run.pk)
    connections.close_all()
    context = multiprocessing.get_context("fork")
    memory = context.Queue()
    workers = [context.Process(target=_work, args=(parts[i::WORKERS], memory)) for i in range(WORKERS)]
    for worker in workers:
        worker.start()
    most = max(memory.get() for _ in workers)
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - began
    counts = running.counts_of(run)
    report(f"import of {number:,} dossiers ({size / 1e6:.0f} MB), {WORKERS} workers: {counts}", f"{seconds:.1f} s")
    report("  memory of a worker", f"{most:.0f} MB")


def _demo_dossier() -> dict[str, Any]:
    return dict(json.loads((demo.FOLDER / "dossiers" / "algorithm-complete.json").read_text()))


def _dossiers(number: int) -> io.BytesIO:
    dossier, content = _demo_dossier(), io.BytesIO()
    for i in range(number):
        dossier["reference"], dossier["service"]["name"] = f"bulk-{i}", f"示例批量服务{i}"
        content.write(json.dumps(dossier, ensure_ascii=False).encode() + b"\n")
    content.seek(0)
    return content


def _work(parts: list[int], memory: Any) -> None:
    for part in parts:
        running.do_part(part, describe)
    memory.put(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _multiply(number: int) -> None:
    """Copy a filing until there are so many: what is measured is the list, not the opening."""
    names = [
        field.column
        for field in Filing._meta.concrete_fields
        if field.column not in ("id", "uid", "case_number", "reference_key")
    ]
    columns = ", ".join(f'"{name}"' for name in names)
    missing = number - Filing.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO compliance_filing (uid, case_number, reference_key, {columns}) "
            f"SELECT gen_random_uuid(), 'B' || i, 'b' || i, {columns} FROM compliance_filing, generate_series(1, %s) AS i "
            "WHERE compliance_filing.id = (SELECT min(id) FROM compliance_filing)",
            [missing],
        )
        cursor.execute("ANALYZE compliance_filing")


def _stream(form: str, filer: User, report: Report) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {create_token(filer)}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    answer = client.get(f"/api/v1/filings/?format={form}")
    size = rows = 0
    for chunk in answer.streaming_content:
        size += len(chunk)
        rows += chunk.count(b"\n")
    seconds = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    report(f"{rows:,} lines of filings as {form} ({size / 1e6:.0f} MB)", f"{seconds:.1f} s")
    report("  memory it took in addition", f"{grown:.0f} MB")
