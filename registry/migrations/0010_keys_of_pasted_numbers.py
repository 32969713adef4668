"""Look up statements by what their numbers mean: those with a remark, a prefix, or without 号 had keys of their own."""

from django.db import migrations

from registry.numbers.forms import NUMBER_LENGTH, number_key


def fill(apps, schema_editor):
    statements = apps.get_model("registry", "ModelStatement")
    changed = []
    rows = statements.objects.exclude(filing_number="").only("filing_number", "filing_number_key")
    for row in rows.iterator():
        key = number_key(row.filing_number)
        key = key if len(key) <= NUMBER_LENGTH else ""
        if key != row.filing_number_key:
            row.filing_number_key = key
            changed.append(row)
    statements.objects.bulk_update(changed, ["filing_number_key"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("registry", "0009_added_families")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
