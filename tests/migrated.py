"""
An empty database to which all migrations were applied, made once for the state of the code and copied by whoever needs one:
applying them takes half a minute of a processor, copying less than a second.
"""

from __future__ import annotations

import fcntl
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from launch.paths import ROOT
from launch.services import Broker
from tests.faults.stack import PostgresDatabase, environment_of, manage

FOLDER = ROOT / "var" / "migrated"
# Several checkouts may be tested on one server.
KEPT = 4
_NO_BROKER = Broker("redis://127.0.0.1:9/0", "none")
_PREFIX = "test_migrated_"


@cache
def migrated_file() -> Path:
    """Return the path of a migrated SQLite database. It is copied, never opened for writing."""
    path = FOLDER / f"{_state_of_the_code()}.sqlite3"
    with _one_at_a_time():
        if not path.exists():
            for older in FOLDER.glob("*.sqlite3*"):
                older.unlink()
            making = path.with_suffix(".making")
            making.unlink(missing_ok=True)
            _migrate(f"sqlite:///{making}")
            with closing(sqlite3.connect(making)) as connection:
                connection.execute("PRAGMA journal_mode = DELETE")
            making.rename(path)
    return path


@cache
def migrated_database(server: str) -> str:
    """Return the name of a migrated PostgreSQL database, which serves as a template. `server` is the URL of any database there."""
    name = f"{_PREFIX}{_state_of_the_code()}"
    with _one_at_a_time(), psycopg.connect(server, autocommit=True) as connection:
        names = _names(connection)
        if name not in names:
            for older in names[KEPT - 1 :]:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(older)))
            making = PostgresDatabase(server)
            making.create()
            _migrate(making.url)
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(rename.format(sql.Identifier(making.name), sql.Identifier(name)))
    return name


def _names(connection: psycopg.Connection[tuple[str]]) -> list[str]:
    """Return the names of the templates on a server, the newest first."""
    rows = connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC", [f"{_PREFIX}%"]
    )
    return [name for (name,) in rows]


def _migrate(url: str) -> None:
    manage(environment_of(url, _NO_BROKER), "migrate", "--verbosity", "0", seconds=600)


@cache
def _state_of_the_code() -> str:
    """Return a hash of everything that a migration may use."""
    found = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for folder in ("compliance", "config", "registry"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let the processes of a run wait for the first of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
