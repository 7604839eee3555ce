from django.db import migrations, models

END_OLD_REQUESTS = """
update transfers_transfer set manual = false where manual and state in ('done', 'skipped', 'needs_attention')
"""
"""Requests by hand that had ended before they were ended with their try."""


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0002_ledgers_and_plans"),
    ]

    operations = [
        migrations.AddField("transfer", "manual_at", models.DateTimeField(null=True)),
        migrations.AddField("transfer", "export_status", models.CharField(max_length=50, null=True)),
        migrations.AddField("transfer", "requested_at", models.DateTimeField(null=True)),
        migrations.AddField("transfer", "requeued_at", models.DateTimeField(null=True)),
        migrations.RunSQL(END_OLD_REQUESTS, migrations.RunSQL.noop),
    ]
