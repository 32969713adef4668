import json

from django.db import migrations, models


def _replace(apps, old, new):
    """Rows of reports say `open` of what they called `standing`."""
    for run in apps.get_model("compliance", "ReportRun").objects.all().iterator():
        rows = json.loads(run.content)
        changed = [{**row, "change": new if row.get("change") == old else row.get("change")} for row in rows]
        if changed != rows:
            run.content = json.dumps(changed, ensure_ascii=False, separators=(",", ":"))
            run.save(update_fields=["content"])


def forwards(apps, schema_editor):
    _replace(apps, "standing", "open")


def backwards(apps, schema_editor):
    _replace(apps, "open", "standing")


class Migration(migrations.Migration):
    """What a waiver rests on, and the state of a flag, in the words of the vocabulary."""

    dependencies = [("compliance", "0008_evidence"), ("registry", "0005_roles")]

    operations = [
        migrations.RenameField("flag", "waived_grounds", "waiver_basis"),
        migrations.RunPython(forwards, backwards),
    ]
