"""The list is searched through an index of each company's own words: that of all companies' words grew with each company."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations

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
    ]
