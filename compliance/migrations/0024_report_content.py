from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("compliance", "0023_report_parts")]

    operations = [migrations.RemoveField(model_name="reportrun", name="content")]
