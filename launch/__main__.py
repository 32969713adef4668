"""`python -m launch`: start database, demonstration, web server, worker, beat and broker; Ctrl-C stops them all."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from types import FrameType

from launch import children, paths, services
from launch.children import Child
from launch.parts import parts

CHECK_EVERY = 0.5
START_TIMEOUT = 60.0
MOST_STARTS = 20


class Launcher:
    """Start the parts in order, keep them running, and stop them in reverse order."""

    def __init__(self) -> None:
        self.port = _port()
        self.started_by = os.getppid()
        self.address = f"http://127.0.0.1:{self.port}"
        self.children: list[Child] = []
        self.stopping = threading.Event()

    def run(self) -> int:
        """Run until a stop signal and return the exit status."""
        started = time.monotonic()
        paths.prepare()
        lock = _locked_folder()
        if lock is None:
            return _refuse("The product is already running from this folder. Stop it first (Ctrl-C in its terminal).")
        children.end_leftovers()
        if not _is_free(self.port):
            return _refuse(f"Port {self.port} is in use. Choose another one: PORT={self.port + 1} make run")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._request_stop)
        try:
            return self._run(started)
        finally:
            self._stop()

    def _run(self, started: float) -> int:
        notices: list[str] = []
        broker = services.broker(notices)
        environment = self._environment(services.database(notices), broker.url)
        for notice in notices:
            _print(f"NOTE: {notice}")
        if broker.child:
            self._start(broker.child)
        _print("Preparing the database …")
        self._manage(environment, "migrate", "--verbosity", "0")
        self._manage(environment, "load_demo", "--password-file", str(paths.DEMO_PASSWORD))
        if broker.child and not services.wait_for(broker):
            return _refuse(f"The broker did not start; see {broker.child.log}")
        for child in parts(self.port, environment):
            self._start(child)
        if not self._wait_until(self._answers):
            return _refuse(f"The web server did not start; see {paths.LOGS / 'web.log'}")
        self._greet(environment["DATABASE_URL"], broker.description, time.monotonic() - started)
        self._show_first_check(environment)
        return self._supervise()

    def _environment(self, database: str, broker: str) -> dict[str, str]:
        secret_key = os.environ.get("SECRET_KEY") or paths.secret_in(paths.SECRET_KEY)
        paths.secret_in(paths.DEMO_PASSWORD)
        return {
            **os.environ,
            "DATABASE_URL": database,
            "REDIS_URL": broker,
            "SECRET_KEY": secret_key,
            "EMAIL_URL": os.environ.get("EMAIL_URL") or f"filemail:///{paths.MAIL}",
            "BASE_URL": os.environ.get("BASE_URL", self.address),
            # Whoever tries the product gets in with a password; in operation, registrars and administrators need more.
            "SECOND_FACTOR_FOR": os.environ.get("SECOND_FACTOR_FOR", ""),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def _start(self, child: Child) -> None:
        child.start()
        if child not in self.children:
            self.children.append(child)
        children.remember(self.children)

    def _manage(self, environment: dict[str, str], *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, env=environment, cwd=paths.ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            log = paths.LOGS / "manage.log"
            log.write_text(done.stdout + done.stderr)
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise SystemExit(f"`manage.py {' '.join(arguments)}` failed: {last}\nThe full output is in {log}")
        return done.stdout

    def _wait_until(self, condition: Callable[[], bool], seconds: float = START_TIMEOUT) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.stopping.is_set():
            if condition():
                return True
            self.stopping.wait(0.2)
        return False

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/health/", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _greet(self, database: str, broker: str, seconds: float) -> None:
        password = "DEMO_PASSWORD" if os.environ.get("DEMO_PASSWORD") else f"in {paths.DEMO_PASSWORD}"
        _print(
            f"""
AI Model Compliance Registry runs at {self.address}/   (started in {seconds:.0f} s)

  desk      {self.address}/admin/
  API       {self.address}/api/v1/docs/
  rules     {self.address}/rules/
  users     admin, reviewer (desk); filer, stranger (workspace, API)
  password  {password}
  token     {_other_shell(database)}.venv/bin/python manage.py create_token filer
  database  {"SQLite, var/registry.sqlite3" if database.startswith("sqlite") else "DATABASE_URL"}
  broker    {broker}
  mail      {"EMAIL_URL" if os.environ.get("EMAIL_URL") else f"{paths.MAIL}/, one file a mail"}
  logs      {paths.LOGS}

Press Ctrl-C to stop everything.
"""
        )

    def _show_first_check(self, environment: dict[str, str]) -> None:
        """Print the table of flags as soon as no check is due."""
        _print("Checking the demonstration filings …")
        table = ""

        def is_checked() -> bool:
            nonlocal table
            table = self._manage(environment, "flag_table", "--when-checked")
            return bool(table)

        if self._wait_until(is_checked, 30):
            _print(table)
        elif not self.stopping.is_set():
            _print(
                f"The first check is taking long; see {paths.LOGS / 'worker.log'}. The flags appear when it is done."
            )

    def _supervise(self) -> int:
        """Keep every part running until a stop signal; stop everything if a part keeps failing."""
        while not self.stopping.wait(CHECK_EVERY):
            for child in self.children:
                if child.is_running or self.stopping.is_set():
                    continue
                if child.starts >= MOST_STARTS:
                    return _refuse(f"The {child.name} keeps stopping; see {child.log}")
                _print(f"The {child.name} stopped; restarting it.")
                self._start(child)
            if "MAKELEVEL" in os.environ and os.getppid() != self.started_by:
                break  # make was killed, so nobody could stop what it started
        return 0

    def _request_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()

    def _stop(self) -> None:
        self.stopping.set()
        for child in reversed(self.children):
            child.stop()
        children.forget()
        _print("Stopped.")


def _other_shell(database: str) -> str:
    """Return the prefix with which a command in another shell finds the same database."""
    given = os.environ.get("DATABASE_URL", "")
    if not given:
        return ""
    return "env -u DATABASE_URL " if given != database else 'DATABASE_URL="…" '


def _locked_folder() -> object | None:
    """Lock the folder for the lifetime of this process, or return None; the lock file contains the process id."""
    lock = (paths.VAR / "launcher.pid").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _port() -> int:
    given = os.environ.get("PORT", "8000")
    if not given.isascii() or not given.isdigit() or not 0 < int(given[:6]) < 65_536:
        raise SystemExit(f"PORT={given} is not a valid port: give a number from 1 to 65535, such as PORT=8001.")
    return int(given)


def _refuse(text: str) -> int:
    print(text, file=sys.stderr, flush=True)
    return 1


def _print(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(Launcher().run())
