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


def _web(host: str, port: int) -> list[str]:
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "--chdir", str(ROOT)]
    # Requests take well under a second, so the default timeout of 30 seconds after Ctrl-C is too long.
    return [*gunicorn, "--bind", f"{host}:{port}", "--graceful-timeout", "3"]


def _celery(command: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "config", "--workdir", str(ROOT), command, "--loglevel", "INFO"]
