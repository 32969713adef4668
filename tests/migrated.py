"""
An empty database to which all migrations were applied, made once for the state of the migrations and copied by whoever needs one:
applying them takes half a minute of a processor, copying less than a second.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
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
_IMPORT = re.compile(r"^\s*(?:from|import) ((?:compliance|registry)[\w.]*)", re.MULTILINE)


@cache
def migrated_file() -> Path:
    """Return the path of a migrated SQLite database. It is copied, never opened for writing."""
    path = FOLDER / f"{_state_of_the_migrations()}.sqlite3"
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
    name = f"{_PREFIX}{_state_of_the_migrations()}"
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
def _state_of_the_migrations() -> str:
    """Return a hash of the migrations and of what they import."""
    found = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for app in ("compliance", "registry"):
        for path in sorted((ROOT / app / "migrations").glob("*.py")):
            for used in (path, *_imported(path.read_text())):
                found.update(used.name.encode() + used.read_bytes())
    return found.hexdigest()[:16]


def _imported(text: str) -> Iterator[Path]:
    for module in sorted(set(_IMPORT.findall(text))):
        path = ROOT / module.replace(".", "/")
        yield from sorted(path.glob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let the processes of a run wait for the first of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
