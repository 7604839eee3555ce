"""Transfers belong to their source, and vouchers to the ledger that they stand or may stand in; attempts keep their plan."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

FILL = """
update transfers_transfer t set source_id = s.source_id,
    ledger_id = case when t.kind in ('invoice', 'accrued')
        and (t.accepted_hash is not null or t.doubt_since is not null or t.journal_number is not null) then s.ledger_id end
from companies_integrationsetup s where s.company_id = t.company_id;
update transfers_accruedamount a set ledger_id = s.ledger_id
from companies_integrationsetup s where s.company_id = a.company_id;
set constraints all immediate;
"""


def ledger(related_name: str, *, null: bool) -> "models.ForeignKey[Any, Any]":
    """A reference to a ledger."""
    return models.ForeignKey(
        db_index=False,
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="companies.ledger",
    )


def source(*, null: bool) -> "models.ForeignKey[Any, Any]":
    """A transfer's reference to its source."""
    return models.ForeignKey(
        db_index=False,
        null=null,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="transfers",
        to="companies.source",
    )


class Migration(migrations.Migration):
    dependencies = [("companies", "0002_ledgers_and_sources"), ("transfers", "0001_initial")]

    operations = [
        migrations.AddField(model_name="transfer", name="source", field=source(null=True)),
        migrations.AddField(model_name="transfer", name="ledger", field=ledger("transfers", null=True)),
        migrations.AddField(model_name="attempt", name="ledger", field=ledger("attempts", null=True)),
        migrations.AddField(model_name="attempt", name="plan", field=models.JSONField(null=True)),
        migrations.AddField(model_name="accruedamount", name="ledger", field=ledger("accrued_amounts", null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(model_name="transfer", name="source", field=source(null=False)),
        migrations.AlterField(model_name="accruedamount", name="ledger", field=ledger("accrued_amounts", null=False)),
        migrations.RemoveConstraint(model_name="transfer", name="one_transfer_per_object"),
        migrations.RemoveConstraint(model_name="transfer", name="one_object_per_unit_value"),
        migrations.AddIndex(
            model_name="transfer", index=models.Index(fields=["company", "kind", "number"], name="transfer_by_number")
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(fields=("source", "kind", "number"), name="one_transfer_per_object"),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(
                fields=("source", "kind", "unit_value"), name="one_object_per_unit_value"
            ),
        ),
    ]
