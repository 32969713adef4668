"""The processes of the product other than database and broker."""

from __future__ import annotations

import sys
from pathlib import Path

from launch.children import Child
from launch.paths import LOGS, ROOT, VAR


def parts(
    port: int, environment: dict[str, str], *, logs: Path = LOGS, var: Path = VAR, host: str = "127.0.0.1"
) -> list[Child]:
    """Return the web server, a worker and the beat; none is started yet."""
    return [
        Child("web", _web(host, port), environment, logs),
        Child(
            "worker",
            [*_celery("worker"), "--concurrency", "2", "--without-gossip", "--without-mingle"],
            environment,
            logs,
        ),
        Child("beat", [*_celery("beat"), "--pidfile=", "--schedule", str(var / "beat-schedule")], environment, logs),
    ]


# Requests take well under a second, so the default timeout of 30 seconds after Ctrl-C is too long.
_QUIETLY = ["--graceful-timeout", "3", "--access-logfile", "-"]


# The most that gunicorn allows: a query may name many ids.
_LONG_LINES = ["--limit-request-line", "8190"]


def _web(host: str, port: int) -> list[str]:
    gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi", "--chdir", str(ROOT)]
    return [*gunicorn, "--bind", f"{host}:{port}", "--workers", "2", "--threads", "4", *_QUIETLY, *_LONG_LINES]


def _celery(command: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "config", "--workdir", str(ROOT), command, "--loglevel", "INFO"]
