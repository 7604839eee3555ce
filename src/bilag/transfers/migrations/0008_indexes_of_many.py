"""Indexes for ten thousand companies: each company's own words, what is open, and what has not changed for long."""

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from bilag.transfers.company_words import OfCompany

VACUUM = """
alter table transfers_transfer set (
    autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.005
)
"""
"""Of 36 million transfers a fifth is seven million: PostgreSQL's own settings would vacuum them every other month, and until then the
search would read each new word in a list without order."""
NO_VACUUM = """
alter table transfers_transfer reset (
    autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor
)
"""


class Migration(migrations.Migration):
    atomic = False  # the table may be large, and goes on being written

    dependencies = [
        ("transfers", "0007_attempts_by_month"),
    ]

    operations = [
        AddIndexConcurrently(
            "transfer",
            GinIndex(OfCompany("name_words", "company_id", kind="tsvector"), name="transfer_company_words"),
        ),
        RemoveIndexConcurrently("transfer", "transfer_name_words"),
        AddIndexConcurrently(
            "transfer",
            models.Index(
                fields=["state", "next_at"],
                include=["company", "hinted_at"],
                condition=~models.Q(state__in=["done", "skipped"]),
                name="transfer_open",
            ),
        ),
        RemoveIndexConcurrently("transfer", "transfer_due"),
        AddIndexConcurrently("transfer", BrinIndex(fields=["updated_at"], name="transfer_updated")),
        migrations.RunSQL(VACUUM, NO_VACUUM),
    ]
