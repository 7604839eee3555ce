"""How voucher numbers follow from invoice numbers: ranges in place of one offset."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rehearsal", "0001_initial")]
    operations = [
        migrations.AddField("rehearsal", "voucher_numbers", models.TextField(default="0")),
        migrations.RunSQL(
            'update rehearsal_rehearsal set voucher_numbers = "offset"::text', migrations.RunSQL.noop, elidable=True
        ),
        migrations.RemoveField("rehearsal", "offset"),
    ]
