"""
How gunicorn runs, here and in every deployment; the command line counts before this file, `WEB_BIND` and others before it.

The figures of a web server with several processes are added up in PROMETHEUS_MULTIPROC_DIR (docs/operation.md).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

wsgi_app = "config.wsgi"
bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# The most that gunicorn allows: a query may name many ids.
limit_request_line = 8190
# Heartbeats of the processes are files: in memory, where there is such a folder, since a disk can hang.
_MEMORY = Path("/dev/shm")  # noqa: S108
worker_tmp_dir = str(_MEMORY) if _MEMORY.is_dir() else None
accesslog = "-"


def child_exit(server: Any, worker: Any) -> None:
    """Forget the gauges of a process that has ended."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
