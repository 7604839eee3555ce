"""The table of the server that this database was last seen on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_known_keys")]
    operations = [
        migrations.CreateModel(
            name="KnownServer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("identity", models.CharField(max_length=100)),
                ("since", models.DateTimeField()),
            ],
        ),
    ]
