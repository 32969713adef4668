"""The rows of the reports written so far, moved into parts. In a migration of its own: PostgreSQL does not alter a table with pending checks."""

import hashlib
import json
import zlib

from django.db import migrations

ROWS_OF_A_PART = 2_000


def move_into_parts(apps, schema_editor):
    runs, parts = (apps.get_model("compliance", name) for name in ("ReportRun", "ReportPart"))
    for key in runs.objects.order_by("pk").values_list("pk", flat=True):
        run = runs.objects.get(pk=key)
        rows = [json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() for row in json.loads(run.content)]
        for number, start in enumerate(range(0, len(rows), ROWS_OF_A_PART)):
            content = zlib.compress(b"\n".join(rows[start : start + ROWS_OF_A_PART]), level=3)
            parts.objects.create(run=run, number=number, content=content)
        run.sha256 = hashlib.sha256(run.content.encode()).hexdigest()
        run.state, run.asked_at = "written", run.written_at
        run.save(update_fields=["sha256", "state", "asked_at"])


def move_into_content(apps, schema_editor):
    runs = apps.get_model("compliance", "ReportRun")
    # What is not written yet has no place in the tables of before.
    runs.objects.filter(written_at=None).delete()
    for run in runs.objects.order_by("pk"):
        lines = [line for part in run.parts.order_by("number") for line in zlib.decompress(bytes(part.content)).split(b"\n")]
        run.content = "[" + ",".join(line.decode() for line in lines) + "]"
        run.save(update_fields=["content"])


class Migration(migrations.Migration):

    dependencies = [("compliance", "0022_reports")]

    operations = [migrations.RunPython(move_into_parts, move_into_content)]
