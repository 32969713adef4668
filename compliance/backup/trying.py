"""Trying a backup: it is restored into a database and a folder of its own, by a process of its own, verified, and removed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote
from uuid import uuid4

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from compliance.backup.databases import POSTGRESQL

PROJECT = Path(__file__).resolve().parent.parent.parent


def try_backup(path: Path, identity: Path | None = None) -> list[str]:
    """Return what is wrong with a backup, as sentences; none if it can be restored and all fits."""
    with TemporaryDirectory() as folder, _database(Path(folder)) as url:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "MEDIA_ROOT": str(Path(folder) / "media"),
            "STORAGE_URL": "",
            "SECRET_KEY": settings.SECRET_KEY,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        command = [sys.executable, str(PROJECT / "manage.py"), "restore", str(path.resolve()), "--no-color"]
        command += ["--identity", str(identity.resolve())] if identity else []
        done = subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    return (done.stdout + done.stderr).strip().splitlines() or ["The trial ended without a message."]


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    """Give the URL of an empty database of the kind of this one, and drop it at the end."""
    if connection.vendor != POSTGRESQL:
        yield f"sqlite:///{folder / 'trial.sqlite3'}"
        return
    name = f"registry_trial_{uuid4().hex[:12]}"
    with psycopg.connect(_url("postgres"), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield _url(name)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _url(name: str) -> str:
    values = {key: quote(str(value or ""), safe="") for key, value in connection.settings_dict.items() if key.isupper()}
    person = (
        f"{values['USER']}:{values['PASSWORD']}@"
        if values["PASSWORD"]
        else f"{values['USER']}@"
        if values["USER"]
        else ""
    )
    return f"postgres://{person}{values['HOST'] or 'localhost'}:{values['PORT'] or 5432}/{name}"
