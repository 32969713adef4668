from functools import partial

from django.db import migrations

from compliance.filings.history.triggers import LOG, create_triggers, drop_triggers


class Migration(migrations.Migration):
    dependencies = [("compliance", "0025_subscriptions_watch_templates"), ("registry", "0012_log_of_changes")]

    operations = [migrations.RunPython(partial(create_triggers, tables=LOG), partial(drop_triggers, tables=LOG))]
