"""Database triggers that refuse to change or delete events and revisions."""

from __future__ import annotations

from typing import Any

TABLES = ("compliance_revision", "compliance_event")
VERBS = ("update", "delete")


def create_triggers(apps: Any, schema_editor: Any) -> None:
    """Create the triggers, on PostgreSQL or SQLite."""
    for statement in statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def drop_triggers(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    truncations = [(f"{table}_has_no_truncate", table, "") for table in TABLES] if is_postgresql else []
    for name, table, _ in [*_triggers(), *truncations]:
        on = f" ON {table}" if is_postgresql else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}", params=None)


def statements(vendor: str) -> list[str]:
    """Return the statements that create the triggers on a database of this vendor."""
    if vendor == "postgresql":
        refuse = (
            "CREATE OR REPLACE FUNCTION compliance_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'History is never changed: % on %', TG_OP, TG_TABLE_NAME; END $$"
        )
        return [refuse, *(_on_postgresql(*trigger) for trigger in _triggers()), *map(_against_truncation, TABLES)]
    return [_on_sqlite(*trigger) for trigger in _triggers()]


def _triggers() -> list[tuple[str, str, str]]:
    return [(f"{table}_has_no_{verb}", table, verb) for table in TABLES for verb in VERBS]


def _on_postgresql(name: str, table: str, verb: str) -> str:
    return f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} FOR EACH ROW EXECUTE FUNCTION compliance_refuse()"


def _against_truncation(table: str) -> str:
    name = f"{table}_has_no_truncate"
    return f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION compliance_refuse()"


def _on_sqlite(name: str, table: str, verb: str) -> str:
    refuse = f"SELECT RAISE(ABORT, 'History is never changed: {verb} on {table}')"
    return f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} BEGIN {refuse}; END"
