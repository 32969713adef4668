"""Tokens get an id, a name, scopes and an end; answers are kept for requests that are sent again."""

import datetime
import uuid6

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

import registry.models.tokens


def give_ids_and_ends(apps, schema_editor):
    """Existing tokens keep all scopes, and expire a year after they were created, but not within the next 90 days."""
    soonest = timezone.now() + datetime.timedelta(days=90)
    for token in apps.get_model("registry", "ApiToken").objects.all():
        token.uid = uuid6.uuid7()
        token.expires_at = max(token.created_at + datetime.timedelta(days=365), soonest)
        token.save(update_fields=["uid", "expires_at"])


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_labels")]

    operations = [
        migrations.AddField("apitoken", "uid", models.UUIDField(editable=False, null=True, verbose_name="id")),
        migrations.AddField("apitoken", "name", models.CharField(blank=True, default="", max_length=100, verbose_name="name"), preserve_default=False),
        migrations.AddField("apitoken", "scopes", models.JSONField(default=registry.models.tokens.all_scopes, verbose_name="scopes")),
        migrations.AddField("apitoken", "expires_at", models.DateTimeField(default=registry.models.tokens.in_a_year, verbose_name="expires at")),
        migrations.AddField("apitoken", "last_used_at", models.DateTimeField(editable=False, null=True, verbose_name="last used at")),
        migrations.AddField("apitoken", "revoked_at", models.DateTimeField(editable=False, null=True, verbose_name="revoked at")),
        migrations.AddField(
            "apitoken",
            "replaced_by",
            models.OneToOneField(
                editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="replaces",
                to="registry.apitoken", verbose_name="replaced by",
            ),
        ),
        migrations.RunPython(give_ids_and_ends, migrations.RunPython.noop, elidable=True),
        migrations.AlterField("apitoken", "uid", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True, verbose_name="id")),
        migrations.AlterModelOptions("apitoken", {"ordering": ["-id"], "verbose_name": "API token", "verbose_name_plural": "API tokens"}),
        migrations.AddConstraint(
            "apitoken",
            models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("created_at")), name="a_token_expires_after_it_begins"),
        ),
        migrations.CreateModel(
            "KeptAnswer",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("fingerprint", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("headers", models.JSONField(default=dict)),
                ("body", models.TextField(blank=True)),
                ("at", models.DateTimeField(db_index=True)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            "keptanswer",
            models.UniqueConstraint(fields=("user", "key"), name="a_key_is_used_once_by_a_user"),
        ),
    ]
