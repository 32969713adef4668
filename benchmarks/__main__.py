"""Run the benchmarks on PostgreSQL: `make bench`, with options in ARGS, such as `ARGS="--filings 10000"`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from psycopg import sql

SERVER = os.environ.get("TEST_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"


def main() -> None:
    """Run the selected benchmarks in a temporary database, and print one line per figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--filings", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--imported", type=int, default=10_000, help="dossiers of the import")
    parser.add_argument("--streamed", type=int, default=100_000, help="filings of the streamed list")
    parser.add_argument("--only", choices=("sweeps", "register", "provenance", "api", "writers", "bulk", "desk"))
    options = parser.parse_args()
    with _temporary_database() as url:
        os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR"}
        django.setup()
        from benchmarks.measures import measure  # models can be imported only after django.setup()
        from benchmarks.register import measure_register

        if options.only in (None, "provenance"):
            from benchmarks.provenance import measure_provenance

            measure_provenance(report=_report)
        if options.only in (None, "api"):
            from benchmarks.api import measure_api

            call_command("migrate", verbosity=0)
            call_command("load_catalog", verbosity=0)
            measure_api(report=_report)
        if options.only in (None, "writers"):
            from benchmarks.writers import measure_writers

            call_command("migrate", verbosity=0)
            call_command("load_catalog", verbosity=0)
            measure_writers(report=_report)
        if options.only in (None, "bulk"):
            from benchmarks.bulk import measure_bulk

            call_command("migrate", verbosity=0)
            call_command("load_catalog", verbosity=0)
            measure_bulk(options.imported, options.streamed, report=_report)
        if options.only in (None, "sweeps"):
            measure(options.filings, report=_report)
        if options.only in (None, "register"):
            call_command("migrate", verbosity=0)
            settings.ALLOWED_HOSTS = ["*"]
            measure_register(report=_report)
        if options.only in (None, "desk"):
            from benchmarks.desk import measure_desk

            call_command("migrate", verbosity=0)
            measure_desk(report=_report)


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
