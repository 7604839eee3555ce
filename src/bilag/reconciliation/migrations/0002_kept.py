from django.db import migrations

TRIGGERS = """
create trigger kept before update or delete on reconciliation_signoff for each row execute function bilag_keep();
create trigger kept_whole before truncate on reconciliation_signoff for each statement execute function bilag_keep();
"""
UNDO = "drop trigger kept on reconciliation_signoff; drop trigger kept_whole on reconciliation_signoff;"


class Migration(migrations.Migration):
    """What somebody signed for is never changed nor removed."""

    dependencies = [("reconciliation", "0001_initial"), ("companies", "0005_kept_of_one_company")]
    operations = [migrations.RunSQL(TRIGGERS, UNDO)]
