from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0003_requests_and_readings"),
    ]

    operations = [
        migrations.AddField("transfer", "excluded_as", models.CharField(max_length=20, null=True)),
        migrations.AddField("transfer", "exclusion_note", models.CharField(max_length=300, null=True)),
    ]
