"""Rows of the benchmark of the desk that are written past the actions, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from compliance.models import Filing

# The columns that a filing's state changes, with their types.
COLUMNS = {
    **dict.fromkeys(("status", "province", "jurisdiction", "clock"), "text"),
    **dict.fromkeys(("service_name", "service_key", "search_text", "search_grams"), "text"),
    **dict.fromkeys(("opened_at", "first_submitted_at", "submitted_at", "accepted_at"), "timestamptz"),
    **dict.fromkeys(("returned_at", "decided_at", "changed_at"), "timestamptz"),
    "due_on": "date",
    "assignee_id": "bigint",
    "last_event_number": "int",
}


def write(rows: list[Filing]) -> None:
    """Write the states of filings in one update; `bulk_update` takes minutes for so many."""
    sets = ", ".join(f"{name} = given.{name}" for name in COLUMNS)
    arrays = ", ".join(f"%s::{kind}[]" for kind in ("bigint", *COLUMNS.values()))
    values: list[list[int | str | date | datetime | None]] = [
        [getattr(row, name) for row in rows] for name in ("id", *COLUMNS)
    ]
    given = f"unnest({arrays}) AS given (id, {', '.join(COLUMNS)})"
    execute(f"UPDATE compliance_filing SET {sets} FROM {given} WHERE compliance_filing.id = given.id", values)


def write_register(first: int) -> None:
    """Write what the submissions and decisions state in the register: a source, a service, a model and a number of each filing."""
    source = "JOIN registry_source AS s ON s.key = 'filing:' || f.uid"
    statements = (
        # Sources
        "INSERT INTO registry_source (uid, kind, key, label, citation, filing_kind, owner_id, province, is_live, is_public,"
        " stated_at) SELECT gen_random_uuid(), 'filing', 'filing:' || uid, case_number, '', kind, applicant_id, province,"
        " status <> 'rejected', status = 'filed', submitted_at FROM compliance_filing WHERE id >= %s ORDER BY id",
        f"UPDATE compliance_filing SET source_id = s.id FROM compliance_filing AS f {source}"
        " WHERE f.id >= %s AND compliance_filing.id = f.id",
        # Services
        "INSERT INTO registry_service (uid, organization_id, name, name_key, registration_status, public_status, created_at,"
        " search_text, search_grams) SELECT gen_random_uuid(), applicant_id, service_name, service_key, 'unfiled', 'unfiled',"
        " submitted_at, search_text, search_grams FROM compliance_filing WHERE id >= %s ORDER BY id ON CONFLICT DO NOTHING",
        "INSERT INTO registry_servicestatement (source_id, service_id, name, forms, urls, description, domain, functions,"
        " algorithm_name, algorithm_type, algorithm_role, algorithm_filing_number) SELECT f.source_id, r.id, r.name, '[]', '[]',"
        " '', 'general', '[]', '', '', '', '' FROM compliance_filing AS f JOIN registry_service AS r"
        " ON r.organization_id = f.applicant_id AND r.name_key = f.service_key WHERE f.id >= %s ORDER BY f.id",
        # Models
        "INSERT INTO registry_aimodel (uid, key, developer_id, name, version, country, registration_status, public_status,"
        " created_at, search_text, search_grams) SELECT gen_random_uuid(), 'bench' || id, applicant_id, service_name, '1.0',"
        " 'CN', 'unfiled', 'unfiled', submitted_at, search_text, search_grams FROM compliance_filing WHERE id >= %s ORDER BY id",
        "INSERT INTO registry_modelstatement (source_id, model_id, named_model_id, rank, is_developers_own, speaks_of_lineage,"
        " key, name, version, developer_name, developer_country, access, development, modalities, architecture, license,"
        " filing_number, filing_number_key, license_terms_met, framework, annotation, family, structure, note)"
        " SELECT f.source_id, m.id, m.id, 2, true, false, 'main', m.name, '1.0', '', 'CN', 'own_deployment', 'from_scratch',"
        " '[]', '', '', '', '', '[]', '', '{}', '', '{}', '' FROM compliance_filing AS f JOIN registry_aimodel AS m"
        " ON m.key = 'bench' || f.id WHERE f.id >= %s ORDER BY f.id",
        # Official numbers
        "INSERT INTO registry_officialnumber (uid, number, key, kind, status, issued_on, is_held_by_filing, organization_id,"
        " holder, title, jurisdiction, place, algorithm_type, role, products, purpose, remark, search_text, search_grams)"
        " SELECT gen_random_uuid(), 'BENCH' || id, 'bench' || id, kind, 'filed', decided_at::date, true, applicant_id, '',"
        " service_name, province, '', '', '', '', '', '', search_text, search_grams FROM compliance_filing"
        " WHERE id >= %s AND status = 'filed' ORDER BY id",
        "UPDATE compliance_filing SET official_number_id = n.id FROM registry_officialnumber AS n"
        " WHERE compliance_filing.id >= %s AND n.key = 'bench' || compliance_filing.id",
    )
    for statement in statements:
        execute(statement, [first])


def resolve_flags(first: int) -> None:
    """What was decided has no open flags any more."""
    decided = "SELECT id FROM compliance_filing WHERE id >= %s AND status IN ('filed', 'rejected')"
    execute(f"UPDATE compliance_flag SET resolved_at = now() WHERE filing_id IN ({decided})", [first])
    execute(
        f"UPDATE compliance_filing SET error_count = 0, warning_count = 0, info_count = 0 WHERE id IN ({decided})",
        [first],
    )


def execute(statement: str, values: Sequence[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
