"""The table of the keys that this database knows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="KnownKey",
            fields=[
                ("fingerprint", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
