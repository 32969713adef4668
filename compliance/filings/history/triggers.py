"""Database triggers that refuse to change or delete events and revisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

TABLES = ("compliance_revision", "compliance_event")
# The log of changes of users and reference data, made later.
LOG = ("registry_auditevent",)
VERBS = ("update", "delete")


def create_triggers(apps: Any, schema_editor: Any, tables: Sequence[str] = TABLES) -> None:
    """Create the triggers, on PostgreSQL or SQLite."""
    for statement in statements(schema_editor.connection.vendor, tables):
        schema_editor.execute(statement, params=None)


def drop_triggers(apps: Any, schema_editor: Any, tables: Sequence[str] = TABLES) -> None:
    """Drop the triggers."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    truncations = [(f"{table}_has_no_truncate", table, "") for table in tables] if is_postgresql else []
    for name, table, _ in [*_triggers(tables), *truncations]:
        on = f" ON {table}" if is_postgresql else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}", params=None)


def statements(vendor: str, tables: Sequence[str] = TABLES) -> list[str]:
    """Return the statements that create the triggers on a database of this vendor."""
    if vendor == "postgresql":
        refuse = (
            "CREATE OR REPLACE FUNCTION compliance_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'History is never changed: % on %', TG_OP, TG_TABLE_NAME; END $$"
        )
        return [refuse, *(_on_postgresql(*trigger) for trigger in _triggers(tables)), *map(_against_truncation, tables)]
    return [_on_sqlite(*trigger) for trigger in _triggers(tables)]


def _triggers(tables: Sequence[str]) -> list[tuple[str, str, str]]:
    return [(f"{table}_has_no_{verb}", table, verb) for table in tables for verb in VERBS]


def _on_postgresql(name: str, table: str, verb: str) -> str:
    return f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} FOR EACH ROW EXECUTE FUNCTION compliance_refuse()"


def _against_truncation(table: str) -> str:
    name = f"{table}_has_no_truncate"
    return f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION compliance_refuse()"


def _on_sqlite(name: str, table: str, verb: str) -> str:
    refuse = f"SELECT RAISE(ABORT, 'History is never changed: {verb} on {table}')"
    return f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} BEGIN {refuse}; END"
