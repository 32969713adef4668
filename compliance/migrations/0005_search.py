from django.db import migrations

from registry.search import index_statements, searched_by, unindex_statements

TABLES = ("compliance_filing",)


def fill(apps, schema_editor):
    """Give the filings that are there already what they are found by."""
    for row in apps.get_model("compliance", "Filing").objects.select_related("applicant").iterator():
        texts = (row.case_number, row.service_name, row.reference, row.applicant.name, row.applicant.uscc)
        type(row).objects.filter(pk=row.pk).update(**searched_by(*texts))


def index(apps, schema_editor):
    for statement in index_statements(schema_editor.connection.vendor, TABLES):
        schema_editor.execute(statement, params=None)


def unindex(apps, schema_editor):
    for statement in unindex_statements(schema_editor.connection.vendor, TABLES):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("compliance", "0004_workflow_documents_reports"), ("registry", "0003_search")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop), migrations.RunPython(index, unindex)]
