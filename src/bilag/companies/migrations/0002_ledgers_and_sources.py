"""Ledgers and sources become rows: what a company posts to and reads from, once for each company that is set up."""

from typing import Any

import django.db.models.deletion
from django.apps.registry import Apps as StateApps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from bilag.moment.source import source_key
from bilag.platforms.registry import platform_kinds

REFUSED = (
    "Two companies in Bilag, {first} and {second}, use the same {what} ({key}). Set one of them to its own, or purge it, with the "
    "version of Bilag that you come from, and migrate again."
)


def fill(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give each company its ledger and source. Stops when two companies share one: each would change the other's books."""
    setups, ledgers, sources = (
        apps.get_model("companies", name)._default_manager for name in ("IntegrationSetup", "Ledger", "Source")
    )
    owners: dict[str, str] = {}
    for setup in setups.select_related("company").order_by("pk"):
        kind, company = setup.platform_kind, setup.company
        ledger = platform_kinds()[kind].ledger_key(setup.settings["platform"][kind])
        source = source_key(setup.moment_base_url, setup.moment_company_id)
        for what, key in (("client in accounting", ledger), ("company in Moment", source)):
            if key in owners:
                raise RuntimeError(REFUSED.format(first=owners[key], second=company.slug, what=what, key=key))
            owners[key] = company.slug
        # Whether it was used is not known: it counts as used, so that no later change of it goes unasked.
        setup.ledger = ledgers.create(
            company=company, key=ledger, platform_kind=kind, used_at=company.created_at if company.live_since else None
        )
        setup.source = sources.create(company=company, key=source)
        setup.save(update_fields=["ledger", "source"])


def reference(model: str, *, null: bool) -> "models.OneToOneField[Any, Any]":
    """The setup's reference to its present ledger or source."""
    return models.OneToOneField(
        null=null, on_delete=django.db.models.deletion.PROTECT, related_name="setup", to=f"companies.{model}"
    )


class Migration(migrations.Migration):
    dependencies = [("companies", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="integrationsetup", name="one_company_per_moment"),
        migrations.CreateModel(
            name="Ledger",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=300)),
                ("platform_kind", models.CharField(max_length=50)),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("left_at", models.DateTimeField(null=True)),
                ("settings", models.JSONField(default=dict)),
                ("secrets", models.TextField(default="")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ledgers", to="companies.company"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("key",), name="one_company_per_ledger"),
                    models.UniqueConstraint(
                        condition=models.Q(("left_at", None)), fields=("company",), name="one_present_ledger"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=600)),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                ("left_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sources", to="companies.company"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("key",), name="one_company_per_moment"),
                    models.UniqueConstraint(
                        condition=models.Q(("left_at", None)), fields=("company",), name="one_present_source"
                    ),
                ],
            },
        ),
        migrations.AddField(model_name="integrationsetup", name="ledger", field=reference("ledger", null=True)),
        migrations.AddField(model_name="integrationsetup", name="source", field=reference("source", null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        # Deferred foreign keys hold events until they are checked, and a table with such events cannot be altered.
        migrations.RunSQL("set constraints all immediate", migrations.RunSQL.noop),
        migrations.AlterField(model_name="integrationsetup", name="ledger", field=reference("ledger", null=False)),
        migrations.AlterField(model_name="integrationsetup", name="source", field=reference("source", null=False)),
    ]
