"""The table of leases, unlogged, and the sequence of their generations."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("generation", models.BigIntegerField()),
                ("holder", models.CharField(max_length=200)),
                ("expires_at", models.DateTimeField()),
            ],
        ),
        # A lease is worth a minute: its table needs no write-ahead log, and taking one waits for no disk.
        migrations.RunSQL("alter table jobs_lease set unlogged", migrations.RunSQL.noop),
        migrations.RunSQL(
            "create sequence jobs_lease_generation as bigint", "drop sequence if exists jobs_lease_generation"
        ),
    ]
