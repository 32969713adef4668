"""
Run the tests on SQLite, then on PostgreSQL + Redis if they are reachable, and report which of them ran. Where both are there, what is
alike on both runs on one of them, so that CI stays within its time.
"""

from __future__ import annotations

import os
import subprocess
import sys

from launch.services import redis_answers, server_answers

DATABASE = os.environ.get("TEST_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
# These tests do not use a database, so one run is enough.
PURE = ("rules", "dossier", "attachments", "forms", "provenance", "tools", "deploy", "management/test_check_dossier.py")
# Files that are made from what a database gives, whichever it is.
FILES = ("templating", "workbooks/test_round_trip.py", "reports/test_formats.py", "reports/test_command.py")
# Pages, letters and sign-in, whose queries are those of the other rooms: the time of CI allows them once. `make test ARGS=tests/letters`
# runs them on both.
ONCE = (
    "accounts",
    "admin/test_case_page.py",
    "admin/test_desk.py",
    "api/test_permissions.py",
    "api/test_workflow.py",
    "exchange",
    "hostile",
    "imports",
    "inventory",
    "letters",
    "management/test_people.py",
    "management/test_tampering.py",
    "notices",
    "reports/test_figures.py",
    "reports/test_many.py",
    "reports/test_pages.py",
    "reports/test_subscription_pages.py",
    "reports/test_subscriptions.py",
    "site",
    "watch/test_operation.py",
    "workspace",
)
WITHOUT_PURE = [f"--ignore=tests/{name}" for name in (*PURE, *FILES, *ONCE)]
# The database of production alone runs what is long, and what concerns many writers, large data, or queries that are the same on both.
# Without a server, everything runs on SQLite.
ON_POSTGRESQL = (
    "admin/test_register_pages.py",
    "api/test_dependence.py",
    "api/test_register.py",
    "backup/test_backup.py::test_a_backup_made_while_others_write_is_tried_and_restored_on_an_empty_machine",
    "management/test_register_commands.py",
    "register/test_corrections.py",
    "register/test_cycles.py",
    "reports/test_as_of.py",
    "reports/test_candidates.py",
)
WITHOUT_LONG = [f"--deselect=tests/{name}" for name in ON_POSTGRESQL]
# Tests of one file run in one process, so that module fixtures are set up once.
IN_PARALLEL = ["--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile"]
# Tests that start whole stacks of processes wait for them most of the time; more than two at once would be in each other's way.
STACKS_IN_PARALLEL = ["--numprocesses=2", "--dist=worksteal"]
# They run on the database of production, where its server answers; `.ci/smoke` starts the product with SQLite and its own broker.
STACKS = "tests/faults"
REDIS = os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379/15"


LEFT_OUT = "--left-out"


def main(arguments: list[str]) -> int:
    """Return 0 if every possible run passed and every required run was possible. `--left-out` runs on each database what CI does not."""
    if arguments == [LEFT_OUT]:
        return _run_left_out()
    stacks = ["SQLite with an embedded broker"]
    unreachable = [name for name, answers in _services().items() if not answers]
    worst = _run("sqlite", stacks[0], arguments, [] if unreachable else WITHOUT_LONG, with_stacks=bool(unreachable))
    if not unreachable:
        stacks.append("PostgreSQL + Redis")
        worst = max(worst, _run("postgresql", stacks[1], arguments, WITHOUT_PURE, with_stacks=True))
    print(f"\nRan on: {'; '.join(stacks)}.", flush=True)
    if unreachable:
        print(f"NOT run on PostgreSQL + Redis: no answer from {' and '.join(unreachable)}.", flush=True)
    if unreachable and os.environ.get("REQUIRE_SERVICES"):
        print("REQUIRE_SERVICES is set, so this is a failure.", flush=True)
        return 1
    return worst


def _services() -> dict[str, bool]:
    return {f"PostgreSQL ({DATABASE})": server_answers(DATABASE), f"Redis ({REDIS})": redis_answers(REDIS)}


def _run(database: str, stack: str, arguments: list[str], without: list[str], *, with_stacks: bool) -> int:
    """Run the given tests, or all of them: in parallel, those that start a whole stack of processes afterwards, if at all."""
    print(f"\n=== Tests on {stack} ===", flush=True)
    if arguments:
        return _pytest(database, arguments)
    many = _pytest(database, [*IN_PARALLEL, f"--ignore={STACKS}", "--ignore=tests/browser", *without])
    return max(many, _pytest(database, [*STACKS_IN_PARALLEL, STACKS])) if with_stacks else many


def _run_left_out() -> int:
    """Run what one of the databases does not run in CI."""
    given = {
        "sqlite": ([f"tests/{name}" for name in ON_POSTGRESQL], [STACKS]),
        "postgresql": ([f"tests/{name}" for name in ONCE], []),
    }
    statuses = []
    for database, (many, stacks) in given.items():
        print(f"\n=== What CI leaves out on {database} ===", flush=True)
        statuses.append(_pytest(database, [*IN_PARALLEL, *many]))
        statuses += [_pytest(database, [*STACKS_IN_PARALLEL, *stacks])] if stacks else []
    return max(statuses)


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
