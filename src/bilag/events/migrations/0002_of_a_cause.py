from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the table may be large, and goes on being written

    dependencies = [
        ("events", "0001_initial"),
    ]

    operations = [
        AddIndexConcurrently(
            "event",
            models.Index(
                fields=["company", "-at", "-id"], condition=models.Q(name__startswith="cause_"), name="event_of_cause"
            ),
        ),
    ]
