from django.db import migrations, models

KEEP = """
create or replace function bilag_keep_attempt() returns trigger language plpgsql as $$
begin
    if old.ended_at is not null then
        raise exception using errcode = 'restrict_violation', message =
            'attempt ' || old.id || ' has ended: it is the control trail and is never changed';
    end if;
    if new.ended_at is null or
        (new.id, new.transfer_id, new.company_id, new.began_at, new.setup_version, new.cause, new.source_hash, new.source)
            is distinct from
        (old.id, old.transfer_id, old.company_id, old.began_at, old.setup_version, old.cause, old.source_hash, old.source)
    then
        raise exception using errcode = 'restrict_violation', message =
            'attempt ' || old.id || ' is under way: it can be ended, and nothing else of it changed';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    """An attempt keeps the numbers that it came to; while it is under way it can only be ended."""

    dependencies = [("transfers", "0007_kept"), ("companies", "0005_kept_of_one_company")]
    operations = [
        migrations.AddField("attempt", "voucher_number", models.BigIntegerField(null=True)),
        migrations.AddField("attempt", "journal_number", models.BigIntegerField(null=True)),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
    ]
