from django.db import migrations

from compliance.filings.history.triggers import create_triggers, drop_triggers


class Migration(migrations.Migration):
    dependencies = [("compliance", "0002_initial")]

    operations = [migrations.RunPython(create_triggers, drop_triggers)]
