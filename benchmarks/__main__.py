"""Measure on PostgreSQL: `make bench`, or with `ARGS="--filings 10000"`."""

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
    """Plant filings, then time a post and the sweeps, and print one line a figure."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--filings", type=int, nargs="+", default=[10_000, 50_000])
    arguments.add_argument("--only", choices=("sweeps", "register", "provenance"))
    asked = arguments.parse_args()
    with _database() as url:
        os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR"}
        django.setup()
        from benchmarks.measures import measure  # the models are there only after setup
        from benchmarks.register import measure_register

        if asked.only in (None, "provenance"):
            from benchmarks.provenance import measure_provenance

            measure_provenance(say=_say)
        if asked.only in (None, "sweeps"):
            measure(asked.filings, say=_say)
        if asked.only in (None, "register"):
            call_command("migrate", verbosity=0)
            settings.ALLOWED_HOSTS = ["*"]
            measure_register(say=_say)


@contextmanager
def _database() -> Iterator[str]:
    name = sql.Identifier(f"bench_registry_{os.getpid()}")
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    try:
        yield SERVER.rsplit("/", 1)[0] + f"/bench_registry_{os.getpid()}"
    finally:
        with psycopg.connect(SERVER, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _say(what: str, figure: str) -> None:
    print(f"{what:<64}{figure:>16}", flush=True)


if __name__ == "__main__":
    main()
