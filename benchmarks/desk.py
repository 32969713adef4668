"""
The pages of the desk with few and with many filings: CPU, time, time in the database, queries and bytes of each page.

The filings are planted and swept, then spread over the workflow as after twelve weeks: every share, that of the open and
assigned ones as well, is the same at both sizes, so that a page that costs more at the second size grows with the table.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from benchmarks.desk_filings import Page, Planting
from compliance.checking.dispatch import ANNOUNCER
from compliance.filings.history.triggers import create_triggers, drop_triggers
from compliance.statistics.desk_figures import count_figures
from registry.models import User

Report = Callable[[str, str], None]
SIZES = (3_000, 100_000)
WARM_UP, ROUNDS, RUNS = 3, 10, 3
LIMITS = {"list": (60.0, 150.0), "case": (80.0, 120.0)}
GROWTH = 0.20


@dataclass(slots=True)
class Figures:
    """What a page costs: CPU and wall time of each request in ms, of one request the queries with their ms, and its kB."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    queries: list[float] = field(default_factory=list)
    kilobytes: float = 0

    @property
    def cpu_ms(self) -> float:
        return statistics.mean(self.cpu)

    @property
    def wall_ms(self) -> float:
        """The lower quartile: whoever else uses the machine makes the slower ones slow."""
        return statistics.quantiles(self.wall, n=4)[0]

    def add(self, more: Figures) -> None:
        """Add what was measured at another time; of the queries, keep the faster ones."""
        self.cpu += more.cpu
        self.wall += more.wall
        self.queries = min((found for found in (self.queries, more.queries) if found), key=sum)
        self.kilobytes = max(self.kilobytes, more.kilobytes)

    def __str__(self) -> str:
        return (
            f"{self.cpu_ms:6.1f} ms CPU {self.wall_ms:7.1f} ms, of which database {sum(self.queries):7.1f} ms "
            f"{len(self.queries):3} queries {self.kilobytes:6.1f} kB"
        )


def measure_desk(report: Report) -> None:
    """Measure every page at both sizes, in turn, then report what grows and what is over its limit."""
    ANNOUNCER.announce = lambda task, *args: None  # type: ignore[method-assign]
    _empty()
    planting, many = Planting(), os.environ["DATABASE_URL"]
    _grow(planting, SIZES[0], report)
    with _copy_of_the_database() as few:
        _grow(planting, SIZES[1], report)
        pages = planting.pages()
        figures = {url: {page.name: Figures() for page in pages} for url in (few, many)}
        for url in (few, many) * RUNS:
            for name, found in _measured_apart(url, pages).items():
                figures[url][name].add(found)
    for size, url in zip(SIZES, (few, many), strict=True):
        for name, found in figures[url].items():
            report(f"{size:,} filings: {name}", str(found))
    for page in pages:
        verdict = _verdict(page, figures[few][page.name], figures[many][page.name])
        report(f"from {SIZES[0]:,} to {SIZES[1]:,}: {page.name}", verdict)


def _grow(planting: Planting, size: int, report: Report) -> None:
    planting.grow(size)
    took = _seconds(count_figures)
    report(f"{size:,} filings: counting the figures of the first page", f"{took * 1000:,.0f} ms")


@contextmanager
def _copy_of_the_database() -> Iterator[str]:
    """Keep a copy of the database as it is now, so that both sizes can be measured side by side."""
    name = str(connection.settings_dict["NAME"])
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}_few" TEMPLATE "{name}"')
    try:
        yield f"{os.environ['DATABASE_URL']}_few"
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}_few" WITH (FORCE)')


def _empty() -> None:
    """Empty the database of what earlier benchmarks left in it, and load the catalog again."""
    with connection.schema_editor() as editor:
        drop_triggers(None, editor)
    call_command("flush", interactive=False, verbosity=0)
    with connection.schema_editor() as editor:
        create_triggers(None, editor)
    call_command("load_catalog", verbosity=0)


def _verdict(page: Page, few: Figures, many: Figures) -> str:
    cpu, wall = many.cpu_ms / few.cpu_ms - 1, many.wall_ms / few.wall_ms - 1
    most_cpu, most_kilobytes = LIMITS.get(page.kind, (float("inf"), float("inf")))
    faults = [
        fault
        for fault, is_one in {
            f"grows by more than {GROWTH:.0%}": max(cpu, wall) > GROWTH,
            f"CPU over {most_cpu:.0f} ms": max(few.cpu_ms, many.cpu_ms) > most_cpu,
            f"over {most_kilobytes:.0f} kB": max(few.kilobytes, many.kilobytes) > most_kilobytes,
        }.items()
        if is_one
    ]
    return (
        f"CPU {few.cpu_ms:6.1f} to {many.cpu_ms:6.1f} ms {cpu:+5.0%}, wall {few.wall_ms:6.1f} to {many.wall_ms:7.1f} ms {wall:+5.0%}"
        f" {'; '.join(faults) or 'ok'}"
    )


def _measured_apart(url: str, pages: list[Page]) -> dict[str, Figures]:
    """Measure the pages in a process of their own: in this one, what planting left in memory makes everything slower."""
    own, os.environ["DATABASE_URL"] = os.environ["DATABASE_URL"], url
    try:
        with multiprocessing.get_context("spawn").Pool(1, initializer=django.setup) as pool:
            return dict(pool.apply(_measured, (pages,)))
    finally:
        os.environ["DATABASE_URL"] = own


def _measured(pages: list[Page]) -> dict[str, Figures]:
    """Open all pages in turn, so that slow moments of the machine affect all of them equally."""
    settings.ALLOWED_HOSTS = ["*"]
    # Figures of the day, as a worker keeps them.
    count_figures()
    opened = [(page, _client(*page.reader), Figures()) for page in pages]
    for page, client, _ in opened * WARM_UP:
        _get(client, page)
    # The collector would go through all modules once in some hundred requests, always at the same page.
    gc.collect()
    gc.freeze()
    for page, client, found in opened * ROUNDS:
        wall, cpu = time.perf_counter(), time.process_time()
        content = _get(client, page)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        found.cpu.append(cpu * 1000)
        found.wall.append(wall * 1000)
        found.kilobytes = len(content) / 1000
    for page, client, found in opened:
        found.queries = min((_queries(client, page) for _ in range(WARM_UP)), key=sum)
    return {page.name: found for page, _, found in opened}


@cache
def _client(username: str, language: str) -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(User.objects.get(username=username))
    return client


def _queries(client: Client, page: Page) -> list[float]:
    """Return how long each query of a page takes, in ms."""
    stopwatch = _Stopwatch()
    with connection.execute_wrapper(stopwatch):
        _get(client, page)
    return stopwatch.times


def _get(client: Client, page: Page) -> bytes:
    response = client.get(page.url)
    assert response.status_code == 200, (page.name, response.status_code)
    return bytes(response.content)


@dataclass(frozen=True, slots=True)
class _Stopwatch:
    """Writes down how long each query takes, in ms."""

    times: list[float] = field(default_factory=list)

    def __call__(self, execute: Callable[..., Any], *query: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*query)
        finally:
            self.times.append((time.perf_counter() - start) * 1000)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
