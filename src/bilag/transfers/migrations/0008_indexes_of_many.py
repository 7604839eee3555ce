"""Indexes for ten thousand companies: each company's own words, what is open, and what has not changed for long."""

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from bilag.transfers.models import OfCompany


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
    ]
