"""Reports as CSV and JSON: every row with every column."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from compliance.reports.catalog import ColumnType
from compliance.reports.presenting import ShownReport, ShownTable
from registry.tables import harmless

_ENCODER = msgspec.json.Encoder()
# Rows that are written to the output together.
_AT_ONCE = 1_000


def write_csv(shown: ShownReport, out: BinaryIO) -> None:
    """Write the rows as CSV, with a byte-order mark by which Excel recognizes UTF-8."""
    table = shown.table()
    buffer = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    try:
        buffer.write("\ufeff")
        writer = csv.writer(buffer)
        writer.writerow(table.headings)
        writer.writerows(_harmless_rows(table))
    finally:
        buffer.flush()
        buffer.detach()


def _harmless_rows(table: ShownTable) -> Iterator[list[Any]]:
    """Yield the rows; what people wrote becomes no formula. The texts of codes are the product's own."""
    written = [i for i, column in enumerate(table.columns) if column.type == ColumnType.TEXT and column.labels is None]
    for cells in table.rows():
        for i in written:
            cells[i] = harmless(cells[i])
        yield cells


def write_json(shown: ShownReport, out: BinaryIO) -> None:
    """Write the report as one JSON document: what it is about, its summary, its columns, and its rows."""
    head = json.dumps(head_of(shown), ensure_ascii=False, indent=1)
    out.write(head[: head.rindex("\n}")].encode() + b',\n "rows": [')
    separator = b"\n  "
    for row in machine_rows(shown):
        out.write(separator + _ENCODER.encode(row))
        separator = b",\n  "
    out.write(b"\n ]\n}\n")


def head_of(shown: ShownReport) -> dict[str, Any]:
    """Return everything of a report but its rows."""
    written = shown.written
    return {
        "report": shown.report.name,
        "title": shown.title,
        "language": shown.language,
        "run": str(written.run.uid) if written.run else None,
        "period": {"begins_at": written.period.begins_at.isoformat(), "ends_at": written.period.ends_at.isoformat()},
        "parameters": written.parameters,
        "rules_day": written.rules_day.isoformat(),
        "written_at": written.written_at.isoformat(),
        "sha256": written.sha256,
        "summary": summary_of(shown),
        "columns": [
            {"name": column.name, "heading": column.heading.in_(shown.language), "type": str(column.type)}
            for column in shown.report.columns
        ],
    }


def summary_of(shown: ShownReport) -> dict[str, Any]:
    """Return the figures by name, the breakdowns by name, the figures of the period before, and the summary in words."""
    return {
        **{figure.name: figure.value for figure in shown.figures},
        **{
            breakdown.name: [
                {
                    "name": group.name,
                    "label": group.label,
                    "count": group.count,
                    "share": group.share,
                    **({"part": group.part} if group.part is not None else {}),
                    **({"median": group.median} if group.median is not None else {}),
                }
                for group in breakdown.groups
            ]
            for breakdown in shown.breakdowns
        },
        "previous": {figure.name: figure.before for figure in shown.figures},
        "sentences": shown.sentences,
    }


def machine_rows(shown: ShownReport) -> Iterator[dict[str, Any]]:
    """Yield each row with its codes by column, and the text of a coded column under `<column>_label`."""
    readers = [(column.name, f"{column.name}_label", shown.reader(column)) for column in shown.report.columns]
    for row in shown.written.rows():
        machine = dict(row)
        for name, label, read in readers:
            text = read(row)
            if name not in machine:
                machine[name] = text
            elif text != machine[name]:
                machine[label] = text
        yield machine
