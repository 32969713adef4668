from django.db import migrations

from compliance.filings.history.triggers import freeze, thaw


class Migration(migrations.Migration):
    dependencies = [("compliance", "0002_initial")]

    operations = [migrations.RunPython(freeze, thaw)]
