"""Copy the days from which deadlines run out of the dossiers of filings, in parts: each in a transaction of its own."""

import json

from django.db import migrations, transaction

AT_ONCE = 1_000


def fill(apps, schema_editor):
    first = 0
    while filings := list(apps.get_model("compliance", "Filing").objects.filter(pk__gt=first).order_by("pk")[:AT_ONCE]):
        first = filings[-1].pk
        with transaction.atomic():
            _fill(apps, filings)


def _fill(apps, filings):
    contents = _contents(apps, [filing.pk for filing in filings])
    declaring = []
    for filing in filings:
        if days := _days(contents.get(filing.pk)):
            filing.first_declared_on, filing.last_declared_on = min(days), max(days)
            declaring.append(filing)
    manager = apps.get_model("compliance", "Filing").objects
    manager.bulk_update(declaring, ["first_declared_on", "last_declared_on"], batch_size=250)


def _contents(apps, keys):
    """Return the dossier that the columns of each filing are copied from: the last revision, or else the working copy."""
    within = {"filing__gte": keys[0], "filing__lte": keys[-1]}
    copies = apps.get_model("compliance", "WorkingCopy").objects.filter(**within)
    revisions = apps.get_model("compliance", "Revision").objects.filter(**within).order_by("filing", "number")
    return {**dict(copies.values_list("filing", "content")), **dict(revisions.values_list("filing", "content"))}


def _days(content):
    dossier = json.loads(content) if content else {}
    service = dossier.get("service") or {}
    days = (service.get("launched_on"), service.get("terminated_on"), dossier.get("occurred_on"))
    return [day for day in days if day]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("compliance", "0029_declared_days"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
