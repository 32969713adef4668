from django.db import migrations
from django.utils import timezone

from registry.search import index_statements, unindex_statements


def mark_due(apps, schema_editor):
    """Let each running filing be checked again, which writes down its clock."""
    ended = ["withdrawn", "rejected", "revoked", "cancelled"]
    running = apps.get_model("compliance", "Filing").objects.exclude(status__in=ended)
    running.filter(due_since__isnull=True).update(due_since=timezone.now())


def index_again(apps, schema_editor):
    """SQLite makes a table anew to add a relation, and the triggers of its search index go with the old one."""
    if schema_editor.connection.vendor == "sqlite":
        for statements in (unindex_statements, index_statements):
            for statement in statements("sqlite", ["compliance_filing"]):
                schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [("compliance", "0015_casework")]

    operations = [
        migrations.RunPython(index_again, migrations.RunPython.noop),
        migrations.RunPython(mark_due, migrations.RunPython.noop, elidable=True),
    ]
