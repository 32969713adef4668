"""An entry of the register as plain data: the columns of the open data, the same in each form and in the archive."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from registry.models import OfficialNumber
from registry.tables import harmless

COLUMNS = (
    *("id", "number", "kind", "status", "title", "holder", "holder_uscc", "province", "place", "issued_on"),
    *("algorithm_type", "role", "products", "purpose", "remark", "url"),
)
FORMS = {"csv": "text/csv; charset=utf-8", "json": "application/json", "ndjson": "application/x-ndjson"}
AT_ONCE = 1_000


def entries() -> QuerySet[OfficialNumber]:
    return OfficialNumber.objects.select_related("organization").order_by("pk")


def record_of(row: OfficialNumber) -> dict[str, Any]:
    """Return an entry by `COLUMNS`; what is not known is null."""
    values = {
        "id": str(row.uid),
        "holder_uscc": row.organization.uscc if row.organization else None,
        "province": row.jurisdiction,
        "issued_on": row.issued_on.isoformat() if row.issued_on else None,
        "url": f"{settings.BASE_URL}/register/{row.uid}/",
    }
    return {name: (values[name] if name in values else getattr(row, name)) or None for name in COLUMNS}


def written(rows: Iterable[OfficialNumber], form: str) -> Iterator[bytes]:
    """Yield the entries in a form: CSV with a header line, one JSON array, or a JSON object a line."""
    if form == "csv":
        yield _csv_line(COLUMNS)
        yield from (_csv_line([harmless(value or "") for value in record_of(row).values()]) for row in rows)
    elif form == "ndjson":
        yield from (_json(record_of(row)) + b"\n" for row in rows)
    else:
        yield b"["
        yield from ((b",\n" if place else b"\n") + _json(record_of(row)) for place, row in enumerate(rows))
        yield b"\n]\n"


def _csv_line(values: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue().encode()


def _json(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()
