from django.db import migrations, models


class Migration(migrations.Migration):
    """What is used up of another system's allowance; unlogged, for it changes with every few requests and is worth a minute."""

    dependencies = [("companies", "0003_kept")]
    operations = [
        migrations.CreateModel(
            name="Allowance",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("state", models.JSONField(default=list)),
            ],
        ),
        migrations.RunSQL("alter table companies_allowance set unlogged", migrations.RunSQL.noop),
    ]
