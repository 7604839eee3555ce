from django.db import migrations

TRIGGERS = """
create trigger kept before update or delete on notices_event for each row execute function bilag_keep();
create trigger kept_whole before truncate on notices_event for each statement execute function bilag_keep();
"""
UNDO = "drop trigger kept on notices_event; drop trigger kept_whole on notices_event;"


class Migration(migrations.Migration):
    """An event is never changed nor removed."""

    dependencies = [("notices", "0003_letter_opencause"), ("companies", "0003_kept")]
    operations = [migrations.RunSQL(TRIGGERS, UNDO)]
