"""The trigger that writes a change for each event of a filing: in its transaction, and whoever writes the event."""

from __future__ import annotations

from typing import Any

NAME = "compliance_event_is_a_change"
_INSERT = (
    "INSERT INTO compliance_change (type, filing_id, event_id, at, data) "
    "VALUES ('filing.event', NEW.filing_id, NEW.id, NEW.at, '{}')"
)


def create_trigger(apps: Any, schema_editor: Any) -> None:
    """Create the trigger, on PostgreSQL or SQLite."""
    if schema_editor.connection.vendor == "postgresql":
        function = f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_INSERT}; RETURN NULL; END $$"
        schema_editor.execute(function, params=None)
        schema_editor.execute(
            f"CREATE TRIGGER {NAME} AFTER INSERT ON compliance_event FOR EACH ROW EXECUTE FUNCTION {NAME}()",
            params=None,
        )
    else:
        schema_editor.execute(
            f"CREATE TRIGGER {NAME} AFTER INSERT ON compliance_event BEGIN {_INSERT}; END", params=None
        )


def drop_trigger(apps: Any, schema_editor: Any) -> None:
    """Drop the trigger."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(
        f"DROP TRIGGER IF EXISTS {NAME}{' ON compliance_event' if is_postgresql else ''}", params=None
    )


def fill(apps: Any, schema_editor: Any) -> None:
    """Write the changes of the events that are there already, in their order, so that a first look finds all of them."""
    schema_editor.execute(
        "INSERT INTO compliance_change (type, filing_id, event_id, at, data) "
        "SELECT 'filing.event', filing_id, id, at, '{}' FROM compliance_event ORDER BY id",
        params=None,
    )
    apps.get_model("compliance", "LastPosition").objects.get_or_create(pk=1)


def forget(apps: Any, schema_editor: Any) -> None:
    """Nothing to undo: the table goes."""
