from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the table may be large, and goes on being written

    dependencies = [
        ("transfers", "0004_exclusion"),
    ]

    operations = [
        AddIndexConcurrently(
            "transfer",
            models.Index(
                fields=["company", "excluded_as"], condition=models.Q(reason="excluded"), name="transfer_excluded"
            ),
        ),
    ]
