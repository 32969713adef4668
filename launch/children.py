"""Child processes that never outlive the launcher, even if it is killed."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launch.paths import LOGS, VAR

REGISTER = VAR / "children.json"
STOPPING_TIME = 15.0
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform.startswith("linux") else None


@dataclass
class Child:
    """A command with its environment and log; `process` is set after the first start."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    logs: Path = LOGS
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    @property
    def log(self) -> Path:
        return self.logs / f"{self.name}.log"

    def start(self) -> None:
        """Start in a new session, so that Ctrl-C reaches only the launcher, which then stops all children in order."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.command),
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self.starts += 1

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Terminate the process, and kill it after STOPPING_TIME."""
        if self.process is None or not self.is_running:
            return
        self.process.terminate()
        try:
            self.process.wait(STOPPING_TIME)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _end_with_parent() -> None:
    """Let the Linux kernel end the child when the launcher dies; elsewhere the next start does (see end_leftovers)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def remember(children: Sequence[Child]) -> None:
    """Record the running children with their commands, by which end_leftovers recognizes them."""
    running = {child.process.pid: list(child.command) for child in children if child.process}
    REGISTER.write_text(json.dumps(running))


def forget() -> None:
    REGISTER.unlink(missing_ok=True)


def end_leftovers() -> list[int]:
    """End the children that an earlier launcher left running, if the command is still the same; return their process ids."""
    try:
        running: dict[str, list[str]] = json.loads(REGISTER.read_text())
    except (OSError, ValueError):
        return []
    leftovers = [int(pid) for pid, command in running.items() if _is_still(int(pid), command)]
    for pid in leftovers:
        _end(pid)
    forget()
    return leftovers


def _is_still(pid: int, command: list[str]) -> bool:
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return Path(command[0]).name in shown.stdout and str(VAR.parent) in f"{shown.stdout} {command}"


def _end(pid: int) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
        if _is_gone(pid, within=STOPPING_TIME):
            return


def _is_gone(pid: int, within: float) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False
