"""Run the tests on SQLite, then on PostgreSQL + Redis where they answer, and say plainly which ran."""

from __future__ import annotations

import os
import subprocess
import sys

from launch.services import redis_answers, server_answers

DATABASE = os.environ.get("TEST_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
# The rules, the dossier and the attachments know no database: once is enough.
WITHOUT_PURE = ["--ignore=tests/rules", "--ignore=tests/dossier", "--ignore=tests/attachments"]
# A file's tests stay together, so that what a module prepares is prepared once.
SIDE_BY_SIDE = ["--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile"]
STACKS = "tests/faults"
REDIS = os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379/15"


def main(arguments: list[str]) -> int:
    """Return 0 when every run that was possible passed, and every run that is required was possible."""
    told = ["SQLite with an embedded broker"]
    worst = _run("sqlite", told[0], arguments, [])
    away = [name for name, answers in _services().items() if not answers]
    if not away:
        told.append("PostgreSQL + Redis")
        worst = max(worst, _run("postgresql", told[1], arguments, WITHOUT_PURE))
    print(f"\nRan on: {'; '.join(told)}.", flush=True)
    if away:
        print(f"NOT run on PostgreSQL + Redis: no answer from {' and '.join(away)}.", flush=True)
    if away and os.environ.get("REQUIRE_SERVICES"):
        print("REQUIRE_SERVICES is set: that is a failure.", flush=True)
        return 1
    return worst


def _services() -> dict[str, bool]:
    return {f"PostgreSQL ({DATABASE})": server_answers(DATABASE), f"Redis ({REDIS})": redis_answers(REDIS)}


def _run(database: str, told: str, arguments: list[str], without: list[str]) -> int:
    """Run what was asked for; or everything, side by side but for the tests that start whole stacks of processes."""
    print(f"\n=== Tests on {told} ===", flush=True)
    if arguments:
        return _pytest(database, arguments)
    many = _pytest(database, [*SIDE_BY_SIDE, f"--ignore={STACKS}", *without])
    return max(many, _pytest(database, [STACKS]))


def _pytest(database: str, arguments: list[str]) -> int:
    environment = {
        **os.environ,
        "TEST_ON": database,
        "TEST_DATABASE_URL": DATABASE,
        "TEST_REDIS_URL": REDIS,
    }
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
