"""The parties of a company, and what its Moment and ledger are found to be; what a ledger knows more than the database."""

import django.db.models.deletion
from django.apps.registry import Apps as StateApps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Companies that are live stay live, whoever their parties are: they were never compared."""
    setups, accepted = (
        apps.get_model("companies", name)._default_manager for name in ("IntegrationSetup", "AcceptedParties")
    )
    for setup in setups.select_related("ledger", "source").filter(company__live=True):
        accepted.create(
            company_id=setup.company_id,
            origin="bilag migrate",
            confirmed=False,
            kept=True,
            source=setup.source.key,
            ledger=setup.ledger.key,
        )


class Migration(migrations.Migration):
    dependencies = [("companies", "0002_ledgers_and_sources")]

    operations = [
        migrations.AddField(model_name="ledger", name="ahead", field=models.JSONField(null=True)),
        migrations.CreateModel(
            name="AcceptedParties",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("origin", models.CharField(max_length=300)),
                ("confirmed", models.BooleanField()),
                ("kept", models.BooleanField(default=False)),
                ("source", models.CharField(max_length=600)),
                ("ledger", models.CharField(max_length=300)),
                ("parties", models.JSONField(null=True)),
                ("twins", models.JSONField(default=list)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="accepted_parties",
                        to="companies.company",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["company", "-id"], name="accepted_parties_newest")]},
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.CharField(db_index=True, max_length=300)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="identities", to="companies.company"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("company", "value"), name="one_identity_each")],
            },
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
