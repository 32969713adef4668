"""The settings of the database: embedded (SQLite), or a server (PostgreSQL)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import environ

# WAL: readers never wait for a writer. IMMEDIATE: a transaction takes the write lock when it begins.
_SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
# Without these, a process whose line to the database broke waits for its answer for a quarter of an hour, and the server keeps
# the locks of its transaction for two hours: both ends notice within half a minute that the other is gone.
_KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
_OF_THE_SERVER = {f"tcp_{name.removeprefix('tcp_')}": value for name, value in _KEEPALIVE.items()}
_POSTGRESQL = {
    "connect_timeout": 5,
    **_KEEPALIVE,
    "options": " ".join(f"-c {name}={value}" for name, value in _OF_THE_SERVER.items()),
}


def database_of(url: str) -> dict[str, Any]:
    """Return the settings of a database by its URL; options in the URL count before these."""
    found: dict[str, Any] = environ.Env.db_url_config(url)
    if found["ENGINE"].endswith("sqlite3"):
        return {**found, "OPTIONS": _SQLITE}
    options = {**_POSTGRESQL, **found.get("OPTIONS", {})}
    if "options=" in urlsplit(url).query and "options" not in found.get("OPTIONS", {}):
        # Blank in the URL: a pooler refuses options when a connection begins.
        del options["options"]
    return {**found, "OPTIONS": options, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
