"""Run the benchmarks on PostgreSQL: `make bench`, with options in ARGS, such as `ARGS="--filings 10000"`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from psycopg import sql

SERVER = os.environ.get("TEST_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"


PARTS = ("provenance", "api", "writers", "bulk", "sweeps", "register", "desk", "workspace", "reports")
# Takes hours and tens of gigabytes: runs only if it is asked for.
MILLION = "million"


def main() -> None:
    """Run a benchmark in a temporary database, or each in one of its own, and print one line per figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--filings", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--imported", type=int, default=10_000, help="dossiers of the import")
    parser.add_argument("--streamed", type=int, default=100_000, help="filings of the streamed list")
    parser.add_argument("--only", choices=(*PARTS, MILLION))
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[1_000, 1_000_000], help="filings of the part “million”"
    )
    parser.add_argument(
        "--steps", default="", help="only the steps of the part “million” with this text in their names"
    )
    parser.add_argument("--keep", action="store_true", help="keep the databases of the part “million” for the next run")
    options = parser.parse_args()
    if options.only is None:
        for part in PARTS:
            subprocess.run([sys.executable, "-m", "benchmarks", *sys.argv[1:], "--only", part], check=True)
        return
    with _temporary_database() as url:
        os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR"}
        django.setup()
        call_command("migrate", verbosity=0)
        _run(options.only, options)


def _run(part: str, options: argparse.Namespace) -> None:
    """Run a part. Its modules import models, so they can be imported only now."""
    module = import_module(f"benchmarks.{'measures' if part == 'sweeps' else part}")
    if part in ("api", "writers", "bulk"):
        call_command("load_catalog", verbosity=0)
    if part in ("register", "workspace"):
        settings.ALLOWED_HOSTS = ["*"]
    if part == "bulk":
        module.measure_bulk(options.imported, options.streamed, report=_report)
    elif part == MILLION:
        module.measure_million(options.sizes, keep=options.keep, report=_report, steps=options.steps)
    elif part == "sweeps":
        module.measure(options.filings, report=_report)
    else:
        getattr(module, f"measure_{part}")(report=_report)


@contextmanager
def _temporary_database() -> Iterator[str]:
    name = sql.Identifier(f"bench_registry_{os.getpid()}")
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    try:
        yield SERVER.rsplit("/", 1)[0] + f"/bench_registry_{os.getpid()}"
    finally:
        with psycopg.connect(SERVER, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _report(name: str, figure: str) -> None:
    print(f"{name:<64}{figure:>16}", flush=True)


if __name__ == "__main__":
    main()
