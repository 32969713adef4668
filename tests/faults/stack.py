"""The product in real processes: web server, worker, beat and broker, on either database."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from launch.children import Child
from launch.parts import parts
from launch.paths import ROOT
from launch.services import Broker, embedded, free_port, wait_for

PATIENCE = 60.0


class Stack:
    """A running product: start it with `up`, send requests with `call`, end it with `down`."""

    def __init__(self, folder: Path, database_url: str, broker: Broker) -> None:
        self.folder, self.broker = folder, broker
        self.port = free_port()
        self.environment = {
            **environment_of(database_url, broker),
            "REDIS_KEY_PREFIX": f"test-{os.getpid()}-{self.port}:",
            "CHECK_LEASE_SECONDS": "3",
            "CHECK_CHUNK": "20",
            "IMPORT_LEASE_SECONDS": "3",
            "MEDIA_ROOT": str(folder / "media"),
        }
        self.web, self.worker, self.beat = parts(self.port, self.environment, logs=folder, var=folder)
        if broker.child:
            broker.child.logs = folder

    def up(self, *children: Child) -> None:
        if self.broker.child and not self.broker.child.is_running:
            self.broker.child.start()
        assert wait_for(self.broker)
        for child in children:
            child.start()
        if self.web in children:
            wait_until(lambda: self.call("GET", "/health/")[0] == 200)

    def down(self) -> None:
        for child in (self.beat, self.worker, self.web, self.broker.child):
            if child and child.process:
                for number in (signal.SIGCONT, signal.SIGKILL):
                    _signal_all(child, number)
                child.process.wait()

    def manage(self, *arguments: str, text: str | None = None) -> str:
        return manage(self.environment, *arguments, text=text)

    def query(self, statement: str) -> tuple[Any, ...]:
        """Return one row from the database, without Django."""
        url = self.environment["DATABASE_URL"]
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as connection:
                return tuple(connection.execute(statement).fetchone())
        with psycopg.connect(url) as connection:
            return tuple(connection.execute(statement).fetchone() or ())  # type: ignore[call-overload]

    def token_of(self, username: str) -> str:
        return self.manage("create_token", username).splitlines()[-1]

    def call(
        self, method: str, path: str, body: bytes = b"", token: str = "", more: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "Content-Type": "application/json",
            **({"Authorization": f"Token {token}"} if token else {}),
            **(more or {}),
        }
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        except (OSError, http.client.HTTPException):
            # The server is away, or died while it answered.
            return 0, None
        finally:
            connection.close()


def environment_of(database_url: str, broker: Broker) -> dict[str, str]:
    """Return the environment of the processes of the product."""
    return {
        "SECOND_FACTOR_FOR": "",
        **{name: value for name, value in os.environ.items() if name != "TEST_ON"},
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url,
        "REDIS_URL": broker.url,
        "SECRET_KEY": "for tests alone",
        "DEMO_PASSWORD": "a password",
    }


def manage(
    environment: dict[str, str],
    *arguments: str,
    text: str | None = None,
    seconds: float = 3 * PATIENCE,
    statuses: Collection[int] = (0,),
) -> str:
    """Run a management command and return its output."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )
    assert done.returncode in statuses, done.stderr
    return done.stdout


def freeze(child: Child) -> None:
    _signal_all(child, signal.SIGSTOP)


def thaw(child: Child) -> None:
    _signal_all(child, signal.SIGCONT)


def kill(child: Child) -> None:
    """Kill a process and its children at once, like a machine failure."""
    _signal_all(child, signal.SIGKILL)
    if child.process:
        child.process.wait()


def _signal_all(child: Child, number: int) -> None:
    if child.process:
        try:
            os.killpg(child.process.pid, number)
        except ProcessLookupError:
            return


def wait_until(is_so: Callable[[], bool], seconds: float = PATIENCE) -> float:
    """Wait until the condition is true and return the seconds it took. Fail after `seconds`."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, "the condition was not met in time"
        time.sleep(0.02)
    return time.monotonic() - began


class PostgresDatabase:
    """A separate database on the test server."""

    def __init__(self, server: str) -> None:
        self.server, self.name = server, f"test_stack_{os.getpid()}_{free_port()}"
        self.url = urlsplit(server)._replace(path=f"/{self.name}").geturl()

    def create(self, template: str = "template1") -> None:
        self._do(f"CREATE DATABASE {self.name} TEMPLATE {template}")

    def drop(self) -> None:
        self._do(f"DROP DATABASE {self.name} WITH (FORCE)")

    def _do(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


def own_broker(folder: Path) -> Broker:
    return embedded(folder)
