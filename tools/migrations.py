"""
Refuse migrations that the processes of the version before could not live with while they still run (docs/upgrading.md).

Such are: a column removed or renamed, one that must have a value and has no default in the database, a type changed, a table
locked for long. `python -m tools.migrations` looks at those since the last release that had no such rule; `registry=10` looks at those after
number 10 of an app.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

import django

# The last migrations that were made before the rule. An upgrade over these needs a stop of all processes.
BEFORE_THE_RULE = {"compliance": 27, "registry": 12}
SERVER = os.environ.get("TEST_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"


def refused(before: Mapping[str, int]) -> list[str]:
    """Return the names of the migrations that are refused, and print why; those up to a number in each app are left out."""
    from django_migration_linter import MigrationLinter

    found = []
    for app, name in _after(before):
        linter = MigrationLinter(
            path=".", no_cache=True, include_apps=[app], include_name=[name], quiet=["ok", "ignore"]
        )
        linter.lint_all_migrations()
        found += [f"{app}.{name}"] if linter.has_errors else []
    return found


def _after(before: Mapping[str, int]) -> list[tuple[str, str]]:
    from django.db.migrations.loader import MigrationLoader

    known = MigrationLoader(None).disk_migrations
    return sorted((app, name) for app, name in known if app in before and int(name.split("_", 1)[0]) > before[app])


def main(arguments: Sequence[str]) -> int:
    """Print what is refused, and return 1 if anything is. Asks PostgreSQL where it answers: its SQL is what locks and breaks."""
    from launch.services import server_answers

    if server_answers(SERVER):
        os.environ["DATABASE_URL"] = SERVER
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    found = refused(
        {**BEFORE_THE_RULE, **{app: int(number) for app, number in (each.split("=") for each in arguments)}}
    )
    if found:
        print(
            f"Processes of the version before would fail after {', '.join(found)}: see docs/upgrading.md.",
            file=sys.stderr,
        )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
