"""Dumping and loading the database with the tools of its kind: the online backup of SQLite, pg_dump and pg_restore of PostgreSQL."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection

SQLITE, POSTGRESQL = "sqlite", "postgresql"
DUMPS = {SQLITE: "database.sqlite3", POSTGRESQL: "database.dump"}


class DatabaseRefused(Exception):
    """The database cannot be dumped or loaded; `code`: `not_empty`, `no_tool`, `failed`, `other_kind`; `detail` says more."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{code}: {detail}")


def dump_database(folder: Path) -> Path:
    """Dump the database as at one moment into a folder, and return the file. Writers go on meanwhile. Raises DatabaseRefused."""
    path = folder / DUMPS[connection.vendor]
    if connection.vendor == SQLITE:
        # A connection of its own: one that is writing could not be read as at one moment.
        with (
            closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
            closing(sqlite3.connect(path)) as target,
        ):
            source.backup(target)
        return path
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}", *_where())
    return path


def load_database(dump: Path) -> None:
    """Load a dump into the database, which must have no tables. Raises DatabaseRefused; then nothing was changed."""
    if dump.name != DUMPS[connection.vendor]:
        raise DatabaseRefused("other_kind", dump.name)
    if connection.introspection.table_names():
        raise DatabaseRefused("not_empty", str(connection.settings_dict["NAME"]))
    connection.close()
    if connection.vendor == SQLITE:
        target = Path(connection.settings_dict["NAME"])
        for leftover in (target, *(target.with_name(f"{target.name}{end}") for end in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)
        shutil.copyfile(dump, target)
        return
    _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", *_where(), str(dump))


def _where() -> list[str]:
    values = connection.settings_dict
    given = {
        "--host": values["HOST"],
        "--port": values["PORT"],
        "--username": values["USER"],
        "--dbname": values["NAME"],
    }
    return [f"{name}={value}" for name, value in given.items() if value]


def _run(*command: str) -> None:
    environment: dict[str, Any] = {**os.environ, "PGPASSWORD": str(connection.settings_dict["PASSWORD"] or "")}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise DatabaseRefused("no_tool", command[0]) from error
    if done.returncode:
        raise DatabaseRefused("failed", (done.stderr.strip().splitlines() or ["no message"])[-1])
