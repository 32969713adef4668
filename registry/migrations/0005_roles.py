from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A person has roles; the model as it is named in a statement is its named model."""

    dependencies = [("registry", "0004_statements_by_number")]

    operations = [
        migrations.RemoveConstraint("staffstanding", "a_standing_is_held_once"),
        migrations.RenameModel("StaffStanding", "StaffRole"),
        migrations.RenameField("staffrole", "standing", "role"),
        migrations.RenameField("membership", "standing", "role"),
        migrations.AddConstraint(
            "staffrole",
            models.UniqueConstraint(fields=["user", "role"], name="a_person_has_a_staff_role_once"),
        ),
        migrations.AlterModelOptions(
            "staffrole", options={"verbose_name": "staff role", "verbose_name_plural": "staff roles"}
        ),
        migrations.AlterField(
            "staffrole",
            "role",
            models.CharField(
                choices=[
                    ("reviewer", "reviewer"),
                    ("registrar", "registrar"),
                    ("auditor", "auditor"),
                    ("administrator", "administrator"),
                ],
                max_length=16,
                verbose_name="role",
            ),
        ),
        migrations.AlterField(
            "staffrole",
            "user",
            models.ForeignKey(
                on_delete=models.deletion.CASCADE,
                related_name="staff_roles",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        migrations.AlterField(
            "membership",
            "role",
            models.CharField(
                choices=[("filer", "filer"), ("viewer", "viewer")], max_length=16, verbose_name="role"
            ),
        ),
        migrations.RemoveConstraint("membership", "a_person_stands_once_in_an_organization"),
        migrations.AddConstraint(
            "membership",
            models.UniqueConstraint(
                fields=["user", "organization"], name="a_person_has_one_role_in_an_organization"
            ),
        ),
        migrations.RenameField("modelstatement", "subject", "named_model"),
    ]
