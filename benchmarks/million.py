"""
The same registry with a thousand filings and with a million: how long each request and each work of the night takes.

The archive grows, the open work does not. A few filings are made by the product's own actions, then their rows are
multiplied in the database. Both sizes are measured in turn, with pages and plans that are warm.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from multiprocessing.pool import Pool
from tempfile import TemporaryDirectory
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.checking.dispatch import ANNOUNCER

Report = Callable[[str, str], None]
WARM_UP, ROUNDS = 3, 15
# A slow request is not made so often.
ENOUGH_SECONDS, ENOUGH = 60.0, 5
# The most seconds that a report may take in production, and a work of the night here.
PATIENCE = 900.0


@dataclass(slots=True)
class Figures:
    """What a step costs: the seconds that it took each time, the number of its queries, and the memory of its process in MiB."""

    seconds: list[float] = field(default_factory=list)
    queries: int = 0
    megabytes: int = 0
    is_ended: bool = False

    @property
    def median(self) -> float:
        return statistics.median(self.seconds) * 1000

    def __str__(self) -> str:
        return f"{'> ' if self.is_ended else ''}{self.median:,.1f} ms"


def measure_million(sizes: Sequence[int], *, keep: bool, report: Report, steps: str = "") -> None:
    """Build a database of each size out of the one at hand, then measure everything, or the `steps` with a text in their names, in turn."""
    with TemporaryDirectory() as folder:
        os.environ |= {"MEDIA_ROOT": folder, "ANCHOR_FILE": f"{folder}/anchors", "REPORT_SECONDS": "7200"}
        os.environ |= {"RATE_LIMIT_ADDRESS": "1000000/minute", "RATE_LIMIT_TOKEN": "1000000/minute"}
        os.environ["SECOND_FACTOR_FOR"] = ""
        with _databases(sizes, keep=keep) as urls:
            report("step", _line([f"{size:,}" for size in sizes], "ratio", "queries", "MiB"))
            for step, each in _measured_in_turn(urls, steps):
                report(step, _figures_of(each))


def _figures_of(each: list[Figures]) -> str:
    few, many = each[0], each[-1]
    queries = f"{few.queries}" if few.queries == many.queries else f"{few.queries}–{many.queries}"
    memory = f"{few.megabytes}–{many.megabytes}" if few.megabytes else ""
    return _line([str(one) for one in each], f"{many.median / few.median:.2f}", queries, memory)


def _line(sizes: list[str], ratio: str, queries: str, memory: str) -> str:
    return f"{''.join(f'{size:>16}' for size in sizes)}{ratio:>10}{queries:>14}{memory:>12}"


def _measured_in_turn(urls: list[str], steps: str) -> Iterator[tuple[str, list[Figures]]]:
    """Yield what each step costs in each database."""
    with ExitStack() as stack:
        pools = [stack.enter_context(_process(url)) for url in urls]
        for name in (name for name in pools[0].apply(names_of_requests) if steps in name):
            yield name, _of_a_request(pools, name)
    for name in (name for name in _apart(urls[0], names_of_the_night) if steps in name):
        yield name, [_of_the_night(url, name) for url in urls]


def _of_a_request(pools: list[Pool], name: str) -> list[Figures]:
    """Make a request in each database in turn, so that slow moments of the machine affect all of them equally."""
    found, start = [Figures(queries=pool.apply(queries_of, (name,))) for pool in pools], time.perf_counter()
    for number in range(WARM_UP + ROUNDS):
        for pool, figures in zip(pools, found, strict=True):
            seconds = pool.apply(seconds_of, (name,))
            figures.seconds += [seconds] if number >= WARM_UP else []
        if number >= ENOUGH and time.perf_counter() - start > ENOUGH_SECONDS:
            break
    return found


def _of_the_night(url: str, name: str) -> Figures:
    """Measure a work of the night; it is ended after as long as a report may take."""
    try:
        found: Figures = _apart(url, night_measured, name, patience=PATIENCE)
        return found
    except multiprocessing.TimeoutError:
        return Figures([PATIENCE], is_ended=True)


# --- databases ----------------------------------------------------------------------------------------------
@contextmanager
def _databases(sizes: Sequence[int], *, keep: bool) -> Iterator[list[str]]:
    """Make the filings to be multiplied, and a database of each size. Those that were kept are taken as they are."""
    template = str(connection.settings_dict["NAME"])
    server = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    names = {size: f"bench_million_{size}" for size in sizes}
    missing = {size: name for size, name in names.items() if not _exists(name)}
    if missing:
        call_command("load_catalog", verbosity=0, stdout=StringIO())
        spans = _templates()
        for size, name in missing.items():
            connection.close()
            _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            _apart(f"{server}/{name}", multiplied, size, *spans)
    try:
        yield [f"{server}/{name}" for name in names.values()]
    finally:
        for name in () if keep else names.values():
            _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def _templates() -> list[Any]:
    from benchmarks.million_rows import marks, span
    from benchmarks.million_templates import ARCHIVE, FIRST, QUEUES, People, make

    people, spans = People(), []
    make(FIRST, people)
    for family in (ARCHIVE, QUEUES):
        before = marks()
        make(family, people)
        spans.append(span(family, before))
    return spans


def multiplied(size: int, archive: Any, queues: Any) -> None:
    """Multiply the filings, and verify the history of some copies."""
    from benchmarks.million_rows import multiply, verify_some

    multiply(size, archive, queues)
    verify_some()


def _exists(name: str) -> bool:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _on_server(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def _apart(url: str, work: Callable[..., Any], *arguments: Any, patience: float | None = None) -> Any:
    """Do something in a process of its own, whose memory is what the work takes."""
    with _process(url) as pool:
        return pool.apply_async(work, arguments).get(patience)


def _process(url: str) -> Pool:
    """Start a process that works in a database."""
    own, os.environ["DATABASE_URL"] = os.environ["DATABASE_URL"], url
    try:
        return multiprocessing.get_context("spawn").Pool(1, initializer=_set_up)
    finally:
        os.environ["DATABASE_URL"] = own


def _set_up() -> None:
    django.setup()
    settings.ALLOWED_HOSTS = ["*"]
    ANNOUNCER.announce = lambda task, *args: None  # type: ignore[method-assign]


# --- measuring ----------------------------------------------------------------------------------------------
def names_of_requests() -> list[str]:
    """Return the names of the requests."""
    return list(_requests())


def seconds_of(name: str) -> float:
    """Return how long a request takes."""
    return _seconds(_requests()[name])


def queries_of(name: str) -> int:
    """Return the number of queries of a request that was made before."""
    _requests()[name]()
    with CaptureQueriesContext(connection) as queries:
        _requests()[name]()
    return len(queries)


@cache
def _requests() -> dict[str, Callable[[], Any]]:
    from benchmarks.million_steps import requests
    from compliance.statistics.desk_figures import count_figures

    # What pages show of the day is counted by a worker.
    count_figures()
    return requests()


def names_of_the_night() -> list[str]:
    """Return the names of what is done at night."""
    from benchmarks.million_steps import night

    return list(night())


def night_measured(name: str) -> Figures:
    """Measure one work of the night, which is done once, and the memory of its process."""
    from benchmarks.million_steps import night

    counter = _Counter()
    with connection.execute_wrapper(counter):
        seconds = _seconds(night()[name])
    return Figures([seconds], counter.queries, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


@dataclass(slots=True)
class _Counter:
    """Counts queries without keeping them."""

    queries: int = 0

    def __call__(self, execute: Callable[..., Any], *query: Any) -> Any:
        self.queries += 1
        return execute(*query)


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
