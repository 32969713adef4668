"""A PostgreSQL and a broker of one's own, which every host reaches and which may be killed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg

from launch.services import Broker, embedded, free_port

_CONFIGURATION = """
listen_addresses = '*'
port = {port}
unix_socket_directories = '{folder}'
max_connections = 200
shared_buffers = '512MB'
# Processes are killed, not the machine: what a process wrote stays.
fsync = off
"""


class Cluster:
    """A PostgreSQL server with a folder of its own. Its programs refuse to run as root, so they run as `postgres`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]

    def start(self) -> None:
        self.folder.mkdir(mode=0o700)
        shutil.chown(self.folder, "postgres", "postgres")
        data = self.folder / "data"
        self._run("initdb", "--auth", "trust", "--encoding", "UTF8", "--no-sync", "--pgdata", str(data))
        with (data / "postgresql.conf").open("a") as file:
            file.write(_CONFIGURATION.format(port=self.port, folder=self.folder))
        with (data / "pg_hba.conf").open("a") as file:
            file.write("host all all 10.0.0.0/8 trust\n")
        self._run("pg_ctl", "start", "--wait", "--pgdata", str(data), "--log", str(self.folder / "log"))
        with psycopg.connect(self.url("127.0.0.1", "postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE registry")

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--mode", "immediate", "--pgdata", str(self.folder / "data"))

    def url(self, host: str, name: str = "registry") -> str:
        return f"postgres://postgres@{host}:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        subprocess.run(["runuser", "-u", "postgres", "--", *command], check=True, stdout=subprocess.DEVNULL, cwd="/")


def open_broker(folder: Path) -> Broker:
    """Return an embedded broker that all hosts reach; its child is not started yet."""
    broker = embedded(folder)
    configuration = folder / "broker.conf"
    configuration.write_text(configuration.read_text().replace("bind 127.0.0.1", "bind 0.0.0.0"))
    assert broker.child
    broker.child.logs = folder
    return broker


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def is_available() -> bool:
    """Whether this machine has a PostgreSQL that can be started anew."""
    return os.geteuid() == 0 and bool(shutil.which("runuser")) and any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
