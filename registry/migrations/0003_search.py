from django.db import migrations

from registry.models.organizations import name_key_of
from registry.search import index_statements, searched_by, unindex_statements

TABLES = ("registry_organization", "registry_aimodel", "registry_service", "registry_officialnumber")


def fill(apps, schema_editor):
    """Give the organizations that are there already what they are found by."""
    for row in apps.get_model("registry", "Organization").objects.all():
        found_by = searched_by(row.name, row.name_en, row.uscc)
        type(row).objects.filter(pk=row.pk).update(name_key=name_key_of(row.name), **found_by)


def index(apps, schema_editor):
    for statement in index_statements(schema_editor.connection.vendor, TABLES):
        schema_editor.execute(statement, params=None)


def unindex(apps, schema_editor):
    for statement in unindex_statements(schema_editor.connection.vendor, TABLES):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_register")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop), migrations.RunPython(index, unindex)]
